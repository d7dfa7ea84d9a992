using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Memory;

/// <summary>All ways of copying a page copy the same bytes, and none beside them.</summary>
public sealed unsafe class PageCopyTests : IDisposable
{
    private const byte Around = 0x5A;
    private const int Margin = 64;

    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc(ArenaLayout.PageBytes + (2 * Margin), Margin);

    private delegate void Kernel(byte* from, byte* to);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    public void Every_kernel_agrees_with_a_plain_copy(int offset)
    {
        byte[] source = new byte[ArenaLayout.PageBytes + offset];
        new Random(offset).NextBytes(source);
        ReadOnlySpan<byte> page = source.AsSpan(offset);

        Require(page, static (from, to) => PageCopy.Copy(new(from, ArenaLayout.PageBytes), new(to, ArenaLayout.PageBytes)));
        Require(page, static (from, to) => PageCopy.Stream(new(from, ArenaLayout.PageBytes), new(to, ArenaLayout.PageBytes)));
        Require(page, PageCopy.Stream128);
        if (Vector256.IsHardwareAccelerated)
        {
            Require(page, PageCopy.Stream256);
        }

        if (Vector512.IsHardwareAccelerated)
        {
            Require(page, PageCopy.Stream512);
        }
    }

    [Theory]
    [InlineData(64, 32, false)]
    [InlineData(32, 16, false)]
    [InlineData(33, 16, true)]
    [InlineData(64, 300, false)]
    [InlineData(65, 300, true)]
    [InlineData(1024, 300, true)]
    public void A_store_that_the_cache_keeps_is_not_streamed_to(int capacityMiB, int lastLevelMiB, bool isStreamedTo) =>
        Assert.Equal(isStreamedTo, PageCopy.PrefersStreaming((long)capacityMiB << 20, (long)lastLevelMiB << 20));

    [Fact]
    public void A_store_larger_than_any_cache_is_streamed_to_on_this_machine() =>
        Assert.True(PageCopy.PrefersStreaming(1L << 40));

    public void Dispose() => NativeMemory.AlignedFree(_memory);

    private void Require(ReadOnlySpan<byte> page, Kernel kernel)
    {
        var all = new Span<byte>(_memory, ArenaLayout.PageBytes + (2 * Margin));
        all.Fill(Around);
        fixed (byte* from = page)
        {
            kernel(from, _memory + Margin);
        }

        Assert.True(all.Slice(Margin, ArenaLayout.PageBytes).SequenceEqual(page));
        Assert.Equal(-1, all[..Margin].IndexOfAnyExcept(Around));
        Assert.Equal(-1, all[^Margin..].IndexOfAnyExcept(Around));
    }
}
