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
        var shelf = default(PackedShelf);
        for (int step = 0; step < 12_000; step++)
        {
            if (kept.Count > 1500 || (kept.Count > 0 && random.Next(3) == 0))
            {
                uint gone = kept.Keys.ElementAt(random.Next(kept.Count));
                AssertKept(packed, gone, kept[gone], scratch);
                Assert.Equal((byte)kept[gone], packed.TagOf(gone));
                packed.Release(gone, ref shelf);
                kept.Remove(gone);
            }

            int seed = random.Next(3000);
            if (PackedForm.TryPack(SamplePages.Make(seed), codec, scratch, out PackedForm form))
            {
                form = form with { Tag = (byte)seed };
                bool isReplaced = step % 4 == 0 && kept.Count > 0;
                uint number = isReplaced ? kept.Keys.ElementAt(random.Next(kept.Count)) : PackedPages.None;
                Assert.True(isReplaced
                    ? packed.TryReplace(number, form, scratch.Data[..form.Bytes], ref shelf)
                    : packed.TryPut(form, scratch.Data[..form.Bytes], ref shelf, out number));
                Assert.True(isReplaced || !kept.ContainsKey(number), $"Number {number} was given twice.");
                Assert.InRange(packed.FormOf(number).Bytes, 0, PackedPages.MaximumBytes);
                kept[number] = seed;
            }

            if (step % 100 == 0)
            {
                Compact(packed);
            }
        }

        Assert.All(kept, one => AssertKept(packed, one.Key, one.Value, scratch));
        Assert.All(kept, one => Assert.Equal((byte)one.Value, packed.TagOf(one.Key)));
        foreach (uint number in kept.Keys)
        {
            packed.Release(number, ref shelf);
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
        var shelf = default(PackedShelf);

        Assert.True(PackedForm.TryPack(page, PageCodec.All[0], scratch, out PackedForm form));
        Assert.True(packed.TryPut(form, default, ref shelf, out uint number));
        Assert.Equal(0, spans.SlotsInUse);
        Assert.Equal(0, packed.FormOf(number).Bytes);
        Assert.Equal(ArenaLayout.PackedRecordBytes, packed.SizeOf(number));
        Assert.Equal(page, Read(packed, number, scratch));
    }

    [Fact]
    public void Old_pages_stay_readable_when_the_codec_changes()
    {
        using var arena = new TestArena(CapacityBytes);
        using var scratch = new CodecScratch();
        PackedPages packed = Make(arena, out _);
        var shelf = default(PackedShelf);
        var kept = new List<uint>();
        for (int i = 0; i < 40; i++)
        {
            Assert.True(PackedForm.TryPack(SamplePages.Make(2), PageCodec.All[i % PageCodec.All.Count], scratch, out PackedForm form));
            Assert.True(packed.TryPut(form, scratch.Data[..form.Bytes], ref shelf, out uint number));
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
        var shelf = default(PackedShelf);
        var kept = new List<(uint Number, int Seed)>();
        bool hasRoom = true;
        for (int seed = 1; hasRoom; seed += 2)
        {
            if (PackedForm.TryPack(SamplePages.Make(seed), PageCodec.All[0], scratch, out PackedForm form))
            {
                hasRoom = packed.TryPut(form, scratch.Data[..form.Bytes], ref shelf, out uint number);
                if (hasRoom)
                {
                    kept.Add((number, seed));
                }
                else
                {
                    Assert.Equal(PackedPages.None, number);
                }
            }
        }

        Assert.True(kept.Count > 500);
        Assert.InRange(arena.Budget.CommittedBytes, 1, 2 * Hosts.Mebibyte);
        Assert.All(kept, one => AssertKept(packed, one.Number, one.Seed, scratch));

        // The number that the refused page had taken is free again.
        packed.Release(kept[0].Number, ref shelf);
        Assert.Equal(kept.Count - 1, spans.SlotsInUse + kept.Skip(1).Count(one => packed.FormOf(one.Number).Bytes == 0));
    }

    private static PackedPages Make(TestArena arena, out SpanHeap spans)
    {
        spans = new SpanHeap(arena.Arena, arena.Frames, arena.Heap);
        return new PackedPages(arena.Arena, arena.Frames, spans);
    }

    private static void AssertKept(PackedPages packed, uint number, int seed, CodecScratch scratch)
    {
        Assert.True(Read(packed, number, scratch).AsSpan().SequenceEqual(SamplePages.Make(seed)), $"Packed page {number} is not that of seed {seed}.");
    }

    private static byte[] Read(PackedPages packed, uint number, CodecScratch scratch)
    {
        var page = new byte[4096];
        packed.FormOf(number).Unpack(packed.DataOf(number, scratch.Data), page, scratch);
        return page;
    }

    private static void Compact(PackedPages packed)
    {
        while (packed.TryChoose(out ulong slot, out uint number, out _) && packed.TryMove(number, slot) != 0)
        {
        }
    }
}
