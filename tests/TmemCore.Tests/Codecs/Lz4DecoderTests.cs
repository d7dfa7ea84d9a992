using CsCheck;
using K4os.Compression.LZ4;
using TmemCore.Codecs;
using Xunit;

namespace TmemCore.Tests.Codecs;

/// <summary>
/// The decoder says of every block what a plain one says that checks each byte, and touches nothing beside block and page:
/// both lie between memory that cannot be touched.
/// </summary>
public sealed class Lz4DecoderTests : IDisposable
{
    private const int PageBytes = TmemPool.PageBytes;
    private const int LongestBlock = 2 * PageBytes;

    private readonly GuardedMemory _block = new(LongestBlock);
    private readonly GuardedMemory _page = new(PageBytes);

    [Theory]
    [InlineData(LZ4Level.L00_FAST, 20_000)]
    [InlineData(LZ4Level.L03_HC, 3000)]
    [InlineData(LZ4Level.L09_HC, 1000)]
    [InlineData(LZ4Level.L12_MAX, 500)]
    public void Blocks_of_another_LZ4_give_the_page(LZ4Level level, int pages)
    {
        var block = new byte[LongestBlock];
        for (int seed = 0; seed < pages * Hosts.Stress; seed++)
        {
            byte[] page = SamplePages.Make(seed);
            int bytes = LZ4Codec.Encode(page, block, level);
            Assert.True(TryDecode(block.AsSpan(0, bytes)), $"The block of seed {seed} was refused.");
            Assert.True(_page.First(PageBytes).SequenceEqual(page), $"The page of seed {seed} came back changed.");
        }
    }

    [Fact]
    public void Every_distance_and_length_near_the_vectors_is_copied_right()
    {
        foreach (int lead in new[] { 40, 3950, 4020, 4040 })
        {
            for (int distance = 1; distance <= 40; distance++)
            {
                for (int length = 4; length <= Math.Min(PageBytes - lead, 300); length++)
                {
                    var block = new List<byte>();
                    Sequence(block, lead, length, distance);
                    Sequence(block, PageBytes - lead - length, 0, 0);
                    RequireAgreement(block.ToArray());
                }
            }
        }
    }

    [Fact]
    public void Sequences_of_any_lengths_and_distances_are_read_as_a_plain_decoder_reads_them()
    {
        Gen<int> lengths = Gen.Frequency((6, Gen.Int[0, 18]), (3, Gen.Int[0, 40]), (1, Gen.Int[0, 700]));
        Gen<int> distances = Gen.Frequency((5, Gen.Int[1, 40]), (5, Gen.Int[1, 4000]), (1, Gen.Int[0, 65_535]));
        Gen.Select(lengths, lengths, distances).Array[1, 300].Sample(
            sequences =>
            {
                var block = new List<byte>();
                int to = 0;
                foreach ((int literals, int match, int distance) in sequences)
                {
                    if (to + literals + match + 4 > PageBytes)
                    {
                        break;
                    }

                    // Rarely a distance before the page, which has to be refused.
                    int there = to + literals;
                    Sequence(block, literals, match + 4, distance > there && there > 0 && distance < 60_000 ? 1 + (distance % there) : distance);
                    to = there + match + 4;
                }

                Sequence(block, PageBytes - to, 0, 0);
                RequireAgreement(block.ToArray());
            },
            iter: 10_000 * Hosts.Stress, threads: 1);
    }

    [Fact]
    public void Random_bytes_are_read_as_a_plain_decoder_reads_them()
    {
        var random = new Random(11);
        for (int round = 0; round < 50_000 * Hosts.Stress; round++)
        {
            var block = new byte[random.Next(200)];
            random.NextBytes(block);

            // Small numbers make tokens and distances that get further.
            int bits = random.Next(1, 256);
            for (int i = 0; i < block.Length; i++)
            {
                block[i] &= random.Next(3) == 0 ? (byte)255 : (byte)bits;
            }

            RequireAgreement(block);
        }
    }

    [Fact]
    public void Spoilt_blocks_are_read_as_a_plain_decoder_reads_them()
    {
        var random = new Random(12);
        var block = new byte[LongestBlock];
        int refused = 0;
        for (int round = 0; round < 20_000 * Hosts.Stress; round++)
        {
            int bytes = LZ4Codec.Encode(SamplePages.Make(random.Next(1000)), block, LZ4Level.L00_FAST);
            for (int changes = 1 + random.Next(4); changes > 0; changes--)
            {
                block[random.Next(bytes)] = random.Next(3) switch
                {
                    0 => byte.MaxValue,
                    1 => 0,
                    _ => (byte)random.Next(256),
                };
            }

            refused += RequireAgreement(block.AsSpan(0, bytes)) ? 0 : 1;
        }

        Assert.InRange(refused, 1000, 20_000 * Hosts.Stress);
    }

    [Fact]
    public void A_block_that_ends_early_is_refused_wherever_it_ends()
    {
        var block = new byte[LongestBlock];
        for (int seed = 0; seed < 60; seed++)
        {
            int bytes = LZ4Codec.Encode(SamplePages.Make(seed), block, LZ4Level.L00_FAST);
            for (int left = 0; left < bytes; left++)
            {
                Assert.False(TryDecode(block.AsSpan(0, left)), $"The block of seed {seed} was accepted with {left} of {bytes} bytes.");
            }
        }
    }

    [Fact]
    public void A_block_of_more_or_less_than_a_page_is_refused()
    {
        foreach (int bytes in new[] { 0, 1, PageBytes - 1, PageBytes + 1, PageBytes + 15, 3 * PageBytes / 2 })
        {
            var block = new List<byte>();
            Sequence(block, bytes, 0, 0);
            Assert.False(RequireAgreement(block.ToArray()));
        }

        // A length that goes on and on.
        foreach (byte token in new byte[] { 0xF0, 0x1F })
        {
            byte[] endless = [token, 7, 1, 0, .. Enumerable.Repeat(byte.MaxValue, LongestBlock - 10)];
            Assert.False(RequireAgreement(endless));
        }
    }

    public void Dispose()
    {
        _block.Dispose();
        _page.Dispose();
    }

    /// <summary>Appends a sequence; without a match when its length is 0.</summary>
    private static void Sequence(List<byte> block, int literals, int length, int distance)
    {
        block.Add((byte)((Math.Min(literals, 15) << 4) | Math.Clamp(length - 4, 0, 15)));
        Length(block, literals);
        for (int i = 0; i < literals; i++)
        {
            block.Add((byte)((block.Count * 37) + i));
        }

        if (length > 0)
        {
            block.Add((byte)distance);
            block.Add((byte)(distance >> 8));
            Length(block, length - 4);
        }
    }

    private static void Length(List<byte> block, int length)
    {
        if (length < 15)
        {
            return;
        }

        block.AddRange(Enumerable.Repeat(byte.MaxValue, (length - 15) / 255));
        block.Add((byte)((length - 15) % 255));
    }

    /// <summary>Reads a block both ways and from both ends of the guarded memory; whether it was accepted.</summary>
    private bool RequireAgreement(ReadOnlySpan<byte> block)
    {
        byte[]? right = PlainLz4.Decode(block);
        bool accepted = TryDecode(block);
        Assert.True(accepted == right is not null, $"{(accepted ? "Accepted" : "Refused")}: {Convert.ToHexString(block)}");
        Assert.True(right is null || _page.First(PageBytes).SequenceEqual(right), $"Decoded wrongly: {Convert.ToHexString(block)}");
        return accepted;
    }

    private bool TryDecode(ReadOnlySpan<byte> block)
    {
        Span<byte> first = _block.First(block.Length);
        block.CopyTo(first);
        bool atFirst = Lz4Decoder.TryDecode(first, _page.First(PageBytes));
        Span<byte> last = _block.Last(block.Length);
        block.CopyTo(last);
        _page.First(PageBytes).Fill(0xA5);
        bool atLast = Lz4Decoder.TryDecode(last, _page.First(PageBytes));
        Assert.Equal(atFirst, atLast);
        return atLast;
    }
}
