using System.Runtime.CompilerServices;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>The caller's memory that a page is got into.</summary>
internal readonly ref struct SpanTarget(Span<byte> buffer) : IPageTarget
{
    private readonly Span<byte> _buffer = buffer;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite(ReadOnlySpan<byte> page)
    {
        PageCopy.Copy(page, _buffer);
        return true;
    }
}
