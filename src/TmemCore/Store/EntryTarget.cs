using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>The caller's memory that an entry of 1 to 4,096 bytes is got into.</summary>
/// <param name="buffer">The memory.</param>
/// <param name="isLook">Whether the caller only looks whose entry it is: that keeps the entry for no longer.</param>
internal ref struct EntryTarget(Span<byte> buffer, bool isLook = false) : IPageTarget
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Whether the get does not count for the policy that chooses victims.</summary>
    public bool IsLook { get; } = isLook;

    /// <summary>Of a look that found an entry, whether a get would have changed what that policy knows of it.</summary>
    public bool WouldCount { get; set; }

    /// <summary>The entry's length, also when the memory is too short for it.</summary>
    public int Length { get; private set; }

    /// <summary>Where the entry goes.</summary>
    public readonly Span<byte> Entry => _buffer[..Length];

    /// <summary>Whether there is room for an entry.</summary>
    public bool TryReserve(int bytes)
    {
        Length = bytes;
        return bytes <= _buffer.Length;
    }

    /// <summary>Takes an entry that is a whole page.</summary>
    public bool TryWrite(ReadOnlySpan<byte> page)
    {
        if (!TryReserve(page.Length))
        {
            return false;
        }

        PageCopy.Copy(page, Entry);
        return true;
    }
}
