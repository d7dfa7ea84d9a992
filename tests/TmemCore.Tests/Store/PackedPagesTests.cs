using TmemCore.Codecs;
using TmemCore.Memory;
using TmemCore.Store;
using TmemCore.Tests.Codecs;
using TmemCore.Tests.Memory;
using Xunit;

namespace TmemCore.Tests.Store;

public sealed class PackedPagesTests
{
    private const long CapacityBytes = 96 * Hosts.Mebibyte;

    public static TheoryData<string> Codecs => [.. PageCodec.All.Select(codec => codec.Name)];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Pages_come_back_through_replacement_and_compaction(string name)
    {
        PageCodec codec = PageCodec.All.Single(codec => codec.Name == name);
        var random = new Random(17);
        using var arena = new TestArena(CapacityBytes);
        using var scratch = new CodecScratch();
        PackedPages packed = Make(arena, out SpanHeap spans);
        var kept = new Dictionary<uint, int>();
        uint cursor = 0;
        for (int step = 0; step < 12_000; step++)
        {
            if (kept.Count > 1500 || (kept.Count > 0 && random.Next(3) == 0))
            {
                uint gone = kept.Keys.ElementAt(random.Next(kept.Count));
                AssertKept(packed, gone, kept[gone], scratch);
                packed.Release(gone);
                kept.Remove(gone);
            }

            int seed = random.Next(3000);
            PackResult result = packed.TryPut(SamplePages.Make(seed), codec, scratch, ref cursor, out uint number);
            Assert.NotEqual(PackResult.NoMemory, result);
            if (result == PackResult.Packed)
            {
                Assert.True(kept.TryAdd(number, seed), $"Number {number} was given twice.");
                Assert.InRange(packed.BytesOf(number), 0, PackedPages.MaximumBytes);
            }
            else
            {
                Assert.Equal(PackedPages.None, number);
            }

            if (step % 100 == 0)
            {
                while (packed.TryCompact())
                {
                }
            }
        }

        Assert.All(kept, one => AssertKept(packed, one.Key, one.Value, scratch));
        foreach (uint number in kept.Keys)
        {
            packed.Release(number);
        }

        Assert.Equal(0, spans.FramesHeld);
        Assert.Equal(arena.Frames.ResidentCount, arena.Frames.FreeCount);
    }

    [Fact]
    public void A_page_of_one_word_takes_no_slot()
    {
        using var arena = new TestArena(CapacityBytes);
        using var scratch = new CodecScratch();
        PackedPages packed = Make(arena, out SpanHeap spans);
        var page = new byte[4096];
        page.AsSpan().Fill(0x77);
        uint cursor = 0;

        Assert.Equal(PackResult.Packed, packed.TryPut(page, PageCodec.All[0], scratch, ref cursor, out uint number));
        Assert.Equal(0, spans.SlotsInUse);
        Assert.Equal(0, packed.BytesOf(number));
        var back = new byte[4096];
        packed.Get(number, back, scratch);
        Assert.Equal(page, back);
    }

    [Fact]
    public void Old_pages_stay_readable_when_the_codec_changes()
    {
        using var arena = new TestArena(CapacityBytes);
        using var scratch = new CodecScratch();
        PackedPages packed = Make(arena, out _);
        uint cursor = 0;
        var kept = new List<uint>();
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(PackResult.Packed, packed.TryPut(SamplePages.Make(2), PageCodec.All[i % PageCodec.All.Count], scratch, ref cursor, out uint number));
            kept.Add(number);
        }

        Assert.All(kept, number => AssertKept(packed, number, 2, scratch));
    }

    [Fact]
    public void A_full_host_refuses_and_keeps_what_it_has()
    {
        using var arena = new TestArena(2 * Hosts.Mebibyte);
        using var scratch = new CodecScratch();
        PackedPages packed = Make(arena, out SpanHeap spans);
        uint cursor = 0;
        var kept = new List<(uint Number, int Seed)>();
        PackResult result = PackResult.Packed;
        for (int seed = 1; result != PackResult.NoMemory; seed += 2)
        {
            result = packed.TryPut(SamplePages.Make(seed), PageCodec.All[0], scratch, ref cursor, out uint number);
            if (result == PackResult.Packed)
            {
                kept.Add((number, seed));
            }
        }

        Assert.True(kept.Count > 500);
        Assert.InRange(arena.Budget.CommittedBytes, 1, 2 * Hosts.Mebibyte);
        Assert.All(kept, one => AssertKept(packed, one.Number, one.Seed, scratch));

        // The number that the refused page had taken is free again.
        packed.Release(kept[0].Number);
        Assert.Equal(kept.Count - 1, spans.SlotsInUse + kept.Skip(1).Count(one => packed.BytesOf(one.Number) == 0));
    }

    private static PackedPages Make(TestArena arena, out SpanHeap spans)
    {
        spans = new SpanHeap(arena.Arena, arena.Frames, arena.Heap);
        return new PackedPages(arena.Arena, spans);
    }

    private static void AssertKept(PackedPages packed, uint number, int seed, CodecScratch scratch)
    {
        var page = new byte[4096];
        packed.Get(number, page, scratch);
        Assert.True(page.AsSpan().SequenceEqual(SamplePages.Make(seed)), $"Packed page {number} is not that of seed {seed}.");
    }
}
