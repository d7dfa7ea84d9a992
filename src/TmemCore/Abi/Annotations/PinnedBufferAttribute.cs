namespace TmemCore.Abi;

/// <summary>
/// Marks a parameter, field, property or return value as the address of memory that somebody outside the garbage collector
/// reads or writes: a hypervisor, a driver, the kernel. Rules TMEM101 and on report addresses that get there and are not pinned.
/// </summary>
/// <remarks>
/// On a parameter, field or property it is a demand: what is put there must be pinned as long as the other side may use it. On
/// a return value it is a demand on the method, and a promise to its callers. The type is a pointer or an integer as wide as
/// one: <c>void*</c>, <c>byte*</c>, <c>nint</c>, <c>ulong</c>. APIs that cannot be annotated are named in a file, as the
/// page of rule TMEM101 tells.
/// </remarks>
/// <example>
/// <code>
/// [LibraryImport("xencall")]
/// internal static partial int Call(uint op, [PinnedBuffer(MinimumBytes = 4096, IsWritten = true)] nint page);
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.ReturnValue)]
public sealed class PinnedBufferAttribute : Attribute
{
    /// <summary>How many bytes the other side touches at least, such as 4096; 0 where that is not fixed. Rule TMEM108 reads it.</summary>
    public int MinimumBytes { get; set; }

    /// <summary>Whether the other side writes into the memory, so that it must not be read-only. Rule TMEM107 reads it.</summary>
    public bool IsWritten { get; set; }

    /// <summary>
    /// Whether the other side goes on using the memory when the call has returned, as one does that only queues a request. Rule
    /// TMEM112 reads it.
    /// </summary>
    public bool IsKept { get; set; }
}
