using System.Buffers.Binary;
using TmemCore.Tool.Replay;
using Xunit;

namespace TmemCore.Tool.Tests.Replay;

public sealed class TracePageTests
{
    [Fact]
    public void The_hash_is_fnv1a()
    {
        // Published values of the function.
        Assert.Equal(0xcbf2_9ce4_8422_2325, TracePage.Hash([]));
        Assert.Equal(0xaf63_dc4c_8601_ec8c, TracePage.Hash("a"u8));
        Assert.Equal(0x8594_4171_f739_67e8, TracePage.Hash("foobar"u8));
    }

    [Fact]
    public void Noise_is_splitmix64()
    {
        // The first number of the sequence that begins at 1.
        byte[] page = Page(1);

        Assert.Equal(0x910a_2dec_8902_5cc1, Word(page, 0));
        Assert.NotEqual(Word(page, 0), Word(page, 511));
    }

    [Fact]
    public void Each_kind_has_its_content()
    {
        Assert.All(Page(8), static value => Assert.Equal(0, value));
        Assert.All(Page((8 * 300) + 7), static value => Assert.Equal(300 % 256, value));
        Assert.All(Page(4), static value => Assert.InRange(value, (byte)'a', (byte)'d'));

        byte[] tail = Page((8 * 510) + 3);
        Assert.NotEqual(0UL, Word(tail, 510));
        Assert.Equal(0UL, Word(tail, 511));
        Assert.Equal(0UL, Word(Page((8 * 511) + 3), 1));

        byte[] period = Page((8 * 2) + 6);
        Assert.Equal(Word(period, 0), Word(period, 510));
        Assert.Equal(Word(period, 1), Word(period, 511));
        Assert.NotEqual(Word(period, 0), Word(period, 1));
    }

    private static byte[] Page(ulong seed)
    {
        var page = new byte[TmemPool.PageBytes];
        page.AsSpan().Fill(0xee);
        TracePage.Fill(seed, page);
        return page;
    }

    private static ulong Word(byte[] page, int index) => BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(index * 8));
}
