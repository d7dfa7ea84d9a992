using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>The caller's memory that an entry of 1 to 4,096 bytes is got into.</summary>
internal ref struct EntryTarget(Span<byte> buffer) : IPageTarget
{
    private readonly Span<byte> _buffer = buffer;

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
