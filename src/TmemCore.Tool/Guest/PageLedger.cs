using System.IO.Hashing;

namespace TmemCore.Tool.Guest;

/// <summary>Remembers the content of each page that leaves the guest, and judges it when it comes back.</summary>
internal sealed class PageLedger(int pages, PageTamper? tamper)
{
    private readonly ulong[] _hashes = new ulong[pages];

    /// <summary>Pages that came back.</summary>
    public long Verified { get; private set; }

    /// <summary>Pages that came back with another content than they left with, or that were promised and did not come.</summary>
    public long Wrong { get; private set; }

    /// <summary>A page leaves.</summary>
    public void Remember(int page, ReadOnlySpan<byte> content) => _hashes[page] = XxHash3.HashToUInt64(content);

    /// <summary>A page is back.</summary>
    public void Check(int page, Span<byte> content)
    {
        tamper?.Invoke(content);
        Verified++;
        Wrong += XxHash3.HashToUInt64(content) == _hashes[page] ? 0 : 1;
    }

    /// <summary>A page that had to be there was not.</summary>
    public void NoteLost() => Wrong++;
}

/// <summary>Spoils a page on its way back, to see whether it is noticed.</summary>
/// <param name="page">The page.</param>
internal delegate void PageTamper(Span<byte> page);
