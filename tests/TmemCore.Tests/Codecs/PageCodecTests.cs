using TmemCore.Codecs;
using Xunit;

namespace TmemCore.Tests.Codecs;

public sealed class PageCodecTests
{
    private const int PageBytes = 4096;

    public static TheoryData<string> Codecs => [.. PageCodec.All.Select(codec => codec.Name)];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Every_kind_of_page_comes_back_bit_for_bit(string name)
    {
        PageCodec codec = Named(name);
        using var scratch = new CodecScratch();
        var output = new byte[PageBytes * 2];
        var back = new byte[PageBytes];
        for (int seed = 0; seed < 4000; seed++)
        {
            byte[] page = SamplePages.Make(seed);
            int bytes = codec.Compress(page, output, scratch);

            Assert.InRange(bytes, 1, output.Length);
            back.AsSpan().Fill(0xA5);
            Assert.True(codec.TryDecompress(output.AsSpan(0, bytes), back, scratch));
            Assert.True(back.AsSpan().SequenceEqual(page), $"The page of seed {seed} came back changed.");
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void What_does_not_fit_is_answered_with_nothing_and_stays_within_the_output(string name)
    {
        PageCodec codec = Named(name);
        using var scratch = new CodecScratch();
        var guarded = new byte[PageBytes + 64];
        for (int seed = 0; seed < 400; seed++)
        {
            byte[] page = SamplePages.Make(seed);
            var whole = new byte[PageBytes * 2];
            int bytes = codec.Compress(page, whole, scratch);
            foreach (int room in new[] { 1, bytes / 2, bytes - 1 })
            {
                guarded.AsSpan().Fill(0x5A);
                int written = codec.Compress(page, guarded.AsSpan(0, Math.Clamp(room, 1, PageBytes)), scratch);
                Assert.InRange(written, 0, Math.Clamp(room, 1, PageBytes));
                Assert.Equal(-1, guarded.AsSpan(Math.Clamp(room, 1, PageBytes)).IndexOfAnyExcept((byte)0x5A));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Random_pages_do_not_get_smaller(string name)
    {
        using var scratch = new CodecScratch();
        var page = new byte[PageBytes];
        new Random(3).NextBytes(page);
        Assert.Equal(0, Named(name).Compress(page, new byte[PageBytes - 64], scratch));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Spoilt_data_is_refused_or_gives_some_page_and_touches_nothing_else(string name)
    {
        PageCodec codec = Named(name);
        using var scratch = new CodecScratch();
        var random = new Random(5);
        var data = new byte[PageBytes * 2];
        var guarded = new byte[PageBytes + 128];
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            int bytes = codec.Compress(SamplePages.Make(round % 97), data, scratch);
            for (int changes = 1 + random.Next(4); changes > 0; changes--)
            {
                data[random.Next(bytes)] ^= (byte)(1 << random.Next(8));
            }

            guarded.AsSpan().Fill(0x5A);
            bytes = random.Next(4) == 0 ? random.Next(bytes + 1) : bytes;
            refused += codec.TryDecompress(data.AsSpan(0, bytes), guarded.AsSpan(64, PageBytes), scratch) ? 0 : 1;
            Assert.Equal(-1, guarded.AsSpan(0, 64).IndexOfAnyExcept((byte)0x5A));
            Assert.Equal(-1, guarded.AsSpan(64 + PageBytes).IndexOfAnyExcept((byte)0x5A));
        }

        Assert.InRange(refused, 1000, 20_000);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Data_of_a_longer_or_shorter_page_is_refused(string name)
    {
        PageCodec codec = Named(name);
        using var scratch = new CodecScratch();
        var data = new byte[PageBytes];
        byte[] page = SamplePages.Make(1);
        page[^1] = 7;
        int bytes = codec.Compress(page, data, scratch);
        Assert.True(bytes > 1);

        Assert.False(codec.TryDecompress(default, new byte[PageBytes], scratch));
        Assert.False(codec.TryDecompress(data.AsSpan(0, bytes - 1), new byte[PageBytes], scratch));
        Assert.False(codec.TryDecompress(data.AsSpan(0, bytes), new byte[PageBytes - 1], scratch));
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(
            () => codec.TryDecompress(data.AsSpan(0, bytes), new byte[PageBytes + 1], scratch));
        Assert.Contains("4,096", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => codec.Compress(default, data, scratch));
        Assert.Throws<ArgumentOutOfRangeException>(() => codec.Compress(new byte[PageBytes + 1], data, scratch));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Nothing_is_allocated_once_the_scratch_is_warm(string name)
    {
        PageCodec codec = Named(name);
        using var scratch = new CodecScratch();
        var data = new byte[PageBytes];
        var page = new byte[PageBytes];
        byte[][] samples = [.. Enumerable.Range(0, 50).Select(SamplePages.Make)];
        RoundTrips(codec, scratch, samples, data, page);

        long before = GC.GetAllocatedBytesForCurrentThread();
        RoundTrips(codec, scratch, samples, data, page);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_stored_mark_leads_back_to_its_codec()
    {
        Assert.All(PageCodec.All, codec => Assert.Same(codec, PageCodec.Of(codec.Id)));
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => PageCodec.Of((PageCodecId)200));
        Assert.Contains("Lz4, Zstandard", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_of_one_word_is_found_and_made_again()
    {
        var page = new byte[PageBytes];
        foreach (ulong word in new ulong[] { 0, ulong.MaxValue, 0x0123_4567_89AB_CDEF })
        {
            SameFilled.Fill(page, word);
            Assert.True(SameFilled.TryFind(page, out ulong found));
            Assert.Equal(word, found);
            for (int at = 0; at < PageBytes; at += 91)
            {
                page[at] ^= 1;
                Assert.False(SameFilled.TryFind(page, out _));
                page[at] ^= 1;
            }
        }
    }

    private static void RoundTrips(PageCodec codec, CodecScratch scratch, byte[][] samples, byte[] data, byte[] page)
    {
        foreach (byte[] sample in samples)
        {
            int bytes = codec.Compress(sample, data.AsSpan(0, PageBytes - 64), scratch);
            if (bytes != 0 && !codec.TryDecompress(data.AsSpan(0, bytes), page, scratch))
            {
                throw new InvalidDataException("A page did not come back.");
            }
        }
    }

    private static PageCodec Named(string name) => PageCodec.All.Single(codec => codec.Name == name);
}
