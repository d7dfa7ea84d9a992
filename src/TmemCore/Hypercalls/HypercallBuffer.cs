namespace TmemCore.Hypercalls;

/// <summary>
/// A lease of memory fit for a hypercall: page-aligned, never moved by the garbage collector, present and locked, kept out
/// of forked children and core dumps. All zero when rented. Dispose it to give it back.
/// </summary>
/// <remarks>
/// The lease is a small value; copies of it are the same lease. Once any of them is disposed, every member of all of them
/// throws, also after the memory has been rented to somebody else. A span taken earlier cannot be revoked: do not keep one
/// past the lease. Disposing twice does nothing. Members may be called from any thread.
/// </remarks>
/// <example>
/// <code>
/// using HypercallBuffer text = HypercallBufferPool.Shared.Rent(32768);
/// text.Span.Clear();
/// </code>
/// </example>
public readonly struct HypercallBuffer : IDisposable
{
    private readonly LockedBlock? _block;
    private readonly long _generation;

    internal HypercallBuffer(LockedBlock block, int lengthBytes)
    {
        _block = block;
        _generation = block.Generation;
        LengthBytes = lengthBytes;
    }

    /// <summary>The length asked for, in bytes. What lies between it and the end of its page is not part of the lease.</summary>
    public int LengthBytes { get; }

    /// <summary>The memory, exactly <see cref="LengthBytes"/> long.</summary>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public Span<byte> Span => Native.AsSpan(Block.Address, LengthBytes);

    /// <summary>
    /// The address of the first byte, to be written into an op. Good while the lease lives; whoever lets the hypervisor
    /// use it later than that lets it write into somebody else's memory.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public nint DangerousAddress => Block.Address;

    internal bool IsDefault => _block is null;

    private LockedBlock Block => _block is not null && _block.Generation == _generation
        ? _block
        : throw new ObjectDisposedException(nameof(HypercallBuffer), "This lease of hypercall memory was disposed, or never rented.");

    /// <summary>A part of the memory.</summary>
    /// <param name="offsetBytes">Where it begins.</param>
    /// <param name="lengthBytes">How long it is.</param>
    /// <returns>The part, exactly <paramref name="lengthBytes"/> long.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie wholly inside the lease.</exception>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public Span<byte> Slice(int offsetBytes, int lengthBytes)
    {
        Span<byte> all = Span;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)offsetBytes, (uint)LengthBytes, nameof(offsetBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)lengthBytes, (uint)(LengthBytes - offsetBytes), nameof(lengthBytes));
        return all.Slice(offsetBytes, lengthBytes);
    }

    /// <summary>Gives the memory back to its pool.</summary>
    public void Dispose() => _block?.EndLease(_generation);

    /// <summary>
    /// Keeps the memory from being rented again while the hypervisor, or a registration, may use it, even if the lease is
    /// disposed meanwhile. To be followed by <see cref="LockedBlock.Release"/>.
    /// </summary>
    internal LockedBlock Hold()
    {
        LockedBlock block = Block;
        return block.TryHold(_generation)
            ? block
            : throw new ObjectDisposedException(nameof(HypercallBuffer), "This lease of hypercall memory was disposed meanwhile.");
    }
}
