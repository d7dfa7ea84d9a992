using CsCheck;
using K4os.Compression.LZ4;
using TmemCore.Codecs;
using Xunit;

namespace TmemCore.Tests.Codecs;

/// <summary>Every block is one that others understand, fits the output to the byte, and is as small as another LZ4's.</summary>
public sealed class Lz4EncoderTests : IDisposable
{
    private const int PageBytes = TmemPool.PageBytes;
    private const int LongestBlock = PageBytes + (PageBytes / 255) + 16;

    private readonly ushort[] _positions = new ushort[Lz4Encoder.TableEntries];
    private readonly GuardedMemory _page = new(PageBytes);
    private readonly GuardedMemory _block = new(LongestBlock);
    private readonly byte[] _back = new byte[PageBytes];
    private readonly byte[] _other = new byte[LongestBlock];

    [Fact]
    public void Another_LZ4_makes_the_page_again()
    {
        for (int seed = 0; seed < 20_000 * Hosts.Stress; seed++)
        {
            RequireUnderstood(SamplePages.Make(seed), $"seed {seed}");
        }
    }

    [Fact]
    public void Another_LZ4_makes_any_page_again() =>
        PageOfPieces().Sample(page => RequireUnderstood(page, "pieces"), iter: 3000 * Hosts.Stress, threads: 1);

    [Fact]
    public void All_pages_together_are_no_larger_than_those_of_another_LZ4()
    {
        long own = 0;
        long others = 0;
        for (int seed = 0; seed < 10_000; seed++)
        {
            byte[] page = SamplePages.Make(seed);
            own += Encode(page, LongestBlock).Length;
            others += LZ4Codec.Encode(page, _other, LZ4Level.L00_FAST);
        }

        Assert.InRange(own, others / 2, others);
    }

    [Fact]
    public void A_block_fits_into_its_length_and_into_nothing_shorter()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            byte[] page = SamplePages.Make(seed);
            byte[] whole = Encode(page, LongestBlock).ToArray();
            for (int room = 0; room <= Math.Min(whole.Length + 80, LongestBlock); room++)
            {
                // The guard begins right behind the output; what lies before it shows whether the output was kept to.
                _block.First(_block.Bytes - room).Fill(0x5A);
                ReadOnlySpan<byte> block = Encode(page, room);
                Assert.True(
                    block.SequenceEqual(room < whole.Length ? default : whole),
                    $"The page of seed {seed} takes {whole.Length} bytes; {room} bytes of room gave {block.Length}.");
                Assert.Equal(-1, _block.First(_block.Bytes - room).IndexOfAnyExcept((byte)0x5A));
            }
        }
    }

    [Fact]
    public void What_the_table_holds_before_does_not_matter()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            byte[] page = SamplePages.Make(seed);
            byte[] block = Encode(page, LongestBlock).ToArray();
            new Random(seed).NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_positions.AsSpan()));
            Assert.True(Encode(page, LongestBlock).SequenceEqual(block));
        }
    }

    [Fact]
    public void The_end_of_a_block_follows_the_format()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            ReadOnlySpan<byte> block = Encode(SamplePages.Make(seed), LongestBlock);
            (int lastMatchStart, int literals) = End(block);
            Assert.InRange(literals, 5, PageBytes);
            Assert.InRange(lastMatchStart, -1, PageBytes - 12);
        }
    }

    public void Dispose()
    {
        _page.Dispose();
        _block.Dispose();
    }

    /// <summary>Pages of random pieces, of repetitions with every period, and of copies of what came before.</summary>
    private static Gen<byte[]> PageOfPieces()
    {
        Gen<(int Kind, int Length, int Distance, byte Value)> piece =
            Gen.Select(Gen.Int[0, 3], Gen.OneOf(Gen.Int[1, 20], Gen.Int[1, 600]), Gen.OneOf(Gen.Int[1, 40], Gen.Int[1, 4000]), Gen.Byte);
        return piece.Array[1, 400].Select(pieces =>
        {
            var page = new byte[PageBytes];
            int to = 0;
            foreach ((int kind, int length, int distance, byte value) in pieces)
            {
                var random = new Random((length << 8) | value);
                for (int end = Math.Min(to + length, PageBytes); to < end; to++)
                {
                    page[to] = kind switch { 0 => (byte)random.Next(256), 1 => value, _ => to >= distance ? page[to - distance] : value };
                }
            }

            return page;
        });
    }

    /// <summary>Where the last match begins, or -1, and how many literals are behind it.</summary>
    private static (int LastMatchStart, int Literals) End(ReadOnlySpan<byte> block)
    {
        int lastMatchStart = -1;
        int to = 0;
        for (int at = 0; ;)
        {
            int token = block[at++];
            int literals = Length(block, token >> 4, ref at);
            at += literals;
            to += literals;
            if (at == block.Length)
            {
                return (lastMatchStart, literals);
            }

            at += 2;
            lastMatchStart = to;
            to += Length(block, token & 15, ref at) + 4;
        }
    }

    private static int Length(ReadOnlySpan<byte> block, int half, ref int at)
    {
        byte more = half == 15 ? byte.MaxValue : (byte)0;
        for (; more == byte.MaxValue; half += more)
        {
            more = block[at++];
        }

        return half;
    }

    private void RequireUnderstood(byte[] page, string which)
    {
        ReadOnlySpan<byte> block = Encode(page, LongestBlock);
        Assert.InRange(block.Length, 1, LongestBlock);
        _back.AsSpan().Fill(0xA5);
        Assert.Equal(PageBytes, LZ4Codec.Decode(block, _back));
        Assert.True(_back.AsSpan().SequenceEqual(page), $"The page of {which} came back changed.");
        _back.AsSpan().Fill(0xA5);
        Assert.True(Lz4Decoder.TryDecode(block, _back));
        Assert.True(_back.AsSpan().SequenceEqual(page), $"The page of {which} came back changed.");
    }

    private ReadOnlySpan<byte> Encode(byte[] page, int room)
    {
        page.CopyTo(_page.First(PageBytes));
        Span<byte> output = _block.Last(room);
        return output[..Lz4Encoder.Encode(_page.First(PageBytes), output, _positions)];
    }
}
