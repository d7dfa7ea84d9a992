using System.Runtime.CompilerServices;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>The caller's memory that a page is got into.</summary>
internal readonly ref struct SpanTarget(Span<byte> buffer) : IPageTarget
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Where the page goes: exactly 4,096 bytes.</summary>
    public Span<byte> Page => _buffer;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite(ReadOnlySpan<byte> page)
    {
        PageCopy.Copy(page, _buffer);
        return true;
    }
}
