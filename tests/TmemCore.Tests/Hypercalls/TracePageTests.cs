using System.Buffers.Binary;
using CsCheck;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

public sealed class TracePageTests
{
    /// <summary>Seeds of all eight kinds with the hashes that published traces give for their pages.</summary>
    public static TheoryData<ulong, string> Published => new()
    {
        { 104830839514728, "b93a0c83ce3b6325" },
        { 103841229133145, "534f119bc4de0ce6" },
        { 105564600697994, "8663202bf54a83b5" },
        { 101465593739787, "107bff23c2d9be4d" },
        { 102778479981940, "971e98c83ff1527a" },
        { 10482082006492, "194e6b0c1d709bae" },
        { 10665837034470, "917e7ab81d2ba61e" },
        { 109317224757686, "5a3552882746f4c5" },
        { 100340085583391, "9ba6954dbf0cf325" },
        { 102322510100943, "c7f3bf0519b77325" },
        { 76, "45280935c5c93e75" },
        { 201, "0d93ea6ac2155598" },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void Pages_have_the_published_hashes(ulong seed, string hash)
    {
        var page = new byte[4096];
        TracePage.Fill(seed, page);
        Assert.Equal(hash, TracePage.Hash(page).ToString("x16", null));
    }

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
        byte[] page = PageOf(1);
        Assert.Equal(0x910a_2dec_8902_5cc1, Word(page, 0));
        Assert.NotEqual(Word(page, 0), Word(page, 511));
    }

    [Fact]
    public void Each_kind_has_its_content()
    {
        Assert.All(PageOf(8), static value => Assert.Equal(0, value));
        Assert.All(PageOf((8 * 300) + 7), static value => Assert.Equal(300 % 256, value));
        Assert.All(PageOf(4), static value => Assert.InRange(value, (byte)'a', (byte)'d'));
        byte[] tail = PageOf((8 * 510) + 3);
        Assert.NotEqual(0UL, Word(tail, 510));
        Assert.Equal(0UL, Word(tail, 511));
        Assert.Equal(0UL, Word(PageOf((8 * 511) + 3), 1));
        byte[] period = PageOf((8 * 2) + 6);
        Assert.Equal(Word(period, 0), Word(period, 510));
        Assert.Equal(Word(period, 1), Word(period, 511));
        Assert.NotEqual(Word(period, 0), Word(period, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4095)]
    [InlineData(4097)]
    public void Bytes_that_are_no_page_are_refused_with_their_number(int lengthBytes)
    {
        var bytes = new byte[lengthBytes];
        Assert.Contains($"{lengthBytes} bytes", Assert.Throws<ArgumentException>(() => TracePage.Fill(1, bytes)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TracePage.TryFindSeed(bytes, out _));
    }

    [Fact]
    public void The_seed_of_a_page_is_found_or_one_that_makes_the_same_page()
    {
        Gen.ULong.Sample(seed =>
        {
            // Of letters too little is kept to find a large seed.
            ulong sought = seed % 8 is 4 or 5 ? seed % 65536 : seed;
            var page = new byte[4096];
            TracePage.Fill(sought, page);
            Assert.True(TracePage.TryFindSeed(page, out ulong found));
            var again = new byte[4096];
            TracePage.Fill(found, again);
            Assert.Equal(page, again);
        });
    }

    [Fact]
    public void A_page_with_one_byte_changed_has_no_seed()
    {
        Gen.Select(Gen.ULong, Gen.Int[8, 4095], Gen.Byte[1, 255]).Sample((seed, at, change) =>
        {
            var page = new byte[4096];
            TracePage.Fill(seed, page);
            page[at] ^= change;
            Assert.False(TracePage.TryFindSeed(page, out _));
        });
    }

    private static byte[] PageOf(ulong seed)
    {
        var page = new byte[4096];
        page.AsSpan().Fill(0xee);
        TracePage.Fill(seed, page);
        return page;
    }

    private static ulong Word(byte[] page, int index) => BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(index * 8));
}
