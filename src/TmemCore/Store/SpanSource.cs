using System.Runtime.CompilerServices;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>A page in the caller's memory that is put.</summary>
internal readonly ref struct SpanSource(ReadOnlySpan<byte> page, bool streams) : IPageSource
{
    private readonly ReadOnlySpan<byte> _page = page;

    /// <summary>Where the page is: exactly 4,096 bytes.</summary>
    public ReadOnlySpan<byte> Page => _page;

    /// <summary>Copies the page into a frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(Span<byte> page)
    {
        if (streams)
        {
            PageCopy.Stream(_page, page);
        }
        else
        {
            PageCopy.Copy(_page, page);
        }

        return true;
    }
}
