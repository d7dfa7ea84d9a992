using System.Buffers;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>A value may come in pieces of any shape.</summary>
public class SequenceTests
{
    public static TheoryData<Place, int, string> Shapes
    {
        get
        {
            TheoryData<Place, int, string> data = [];
            foreach (Place place in Enum.GetValues<Place>())
            {
                foreach (int length in (int[])[0, 1, 300, 4096, 10_000, 100_000])
                {
                    foreach (string shape in (string[])["1000000", "1", "0,7", "4096", "4095", "4097", "1,4096", "8192,1", "0,0,4096,0", "100,5000,3", "12288,1,0,4095"])
                    {
                        data.Add(place, length, shape);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_value_in_segments_comes_back_whole(Place place, int length, string shape)
    {
        int[] lengths = [.. shape.Split(',').Select(int.Parse)];
        await using var test = new TestCache(place);
        byte[] value = Segments.Bytes(length);

        await test.Cache.SetAsync("key", Segments.Split(value, lengths), TestCache.Forever);

        Assert.Equal(value, test.Cache.Get("key"));
    }

    [Fact]
    public async Task A_default_sequence_is_an_empty_value()
    {
        await using var test = new TestCache();

        test.Cache.Set("key", default(ReadOnlySequence<byte>), TestCache.Forever);

        Assert.Equal([], test.Cache.Get("key")!);
    }

    [Fact]
    public async Task A_slice_of_a_sequence_is_what_it_shows()
    {
        await using var test = new TestCache();
        byte[] value = Segments.Bytes(50_000);

        test.Cache.Set("key", Segments.Split(value, 1000, 0, 5000).Slice(777, 40_001), TestCache.Forever);

        Assert.Equal(value.AsSpan(777, 40_001).ToArray(), test.Cache.Get("key"));
    }

    [Fact]
    public async Task Random_segments_come_back_whole()
    {
        await using var test = new TestCache();
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            byte[] value = Segments.Bytes(random.Next(30_000), seed);
            int[] lengths = [.. Enumerable.Range(0, random.Next(1, 10)).Select(_ => random.Next(3) == 0 ? 4096 * random.Next(3) : random.Next(9000)), 1];

            test.Cache.Set("key", Segments.Split(value, lengths), TestCache.Forever);

            Assert.True(value.AsSpan().SequenceEqual(test.Cache.Get("key")), $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_sequence_that_cannot_be_read_leaves_nothing_under_the_key()
    {
        await using var test = new TestCache();
        test.Cache.Set("key", Segments.Bytes(9000), TestCache.Forever);
        using var broken = new BrokenMemory(9000);

        Assert.Throws<InvalidDataException>(() => test.Cache.Set("key", new ReadOnlySequence<byte>(broken.Memory), TestCache.Forever));

        Assert.Null(test.Cache.Get("key"));
        Assert.Equal(0, test.Pages);
    }

    private sealed class BrokenMemory(int length) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(length);

        public override Span<byte> GetSpan() => throw new InvalidDataException("These bytes cannot be read.");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new InvalidDataException("These bytes cannot be read.");

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
