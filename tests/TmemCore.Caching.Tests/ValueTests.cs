using System.Buffers;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>Values of any length come back as they went in, or not at all.</summary>
public class ValueTests
{
    private const int HeadBytes = 16;
    private const int LongestInline = 4096 - HeadBytes - 3;

    public static TheoryData<Place, int> Lengths
    {
        get
        {
            TheoryData<Place, int> data = [];
            foreach (Place place in Enum.GetValues<Place>())
            {
                foreach (int length in (int[])[0, 1, 200, LongestInline - 1, LongestInline, LongestInline + 1, 4095, 4096, 4097, 8191, 8192, 8193, 65_536, (33 * 4096) + 5])
                {
                    data.Add(place, length);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task A_value_comes_back_as_an_array_and_into_a_writer(Place place, int length)
    {
        await using var test = new TestCache(place);
        byte[] value = Segments.Bytes(length);

        test.Cache.Set("key", value, TestCache.Forever);

        Assert.Equal(value, test.Cache.Get("key"));
        Assert.Equal(value, await test.Cache.GetAsync("key"));
        var writer = new ArrayBufferWriter<byte>();
        Assert.True(test.Cache.TryGet("key", writer));
        Assert.True(await test.Cache.TryGetAsync("key", writer));
        Assert.Equal([.. value, .. value], writer.WrittenSpan.ToArray());
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task A_value_replaces_another_of_any_length_and_leaves_no_page_of_it(Place place, int length)
    {
        await using var test = new TestCache(place);
        byte[] value = Segments.Bytes(length, seed: 2);
        test.Cache.Set("key", value, TestCache.Forever);
        long pages = test.Pages;

        foreach (int other in (int[])[100, 20_000, 4096, 70_000])
        {
            test.Cache.Set("key", Segments.Bytes(other), TestCache.Forever);
            Assert.Equal(Segments.Bytes(other), test.Cache.Get("key"));
            test.Cache.Set("key", value, TestCache.Forever);
            Assert.Equal(value, test.Cache.Get("key"));
        }

        Assert.Equal(pages, test.Pages);
        test.Cache.Remove("key");
        Assert.Null(test.Cache.Get("key"));
        Assert.Equal(0, test.Pages);
    }

    [Fact]
    public async Task A_short_value_is_one_entry()
    {
        await using var test = new TestCache();
        test.Cache.Set("key", Segments.Bytes(200), TestCache.Forever);

        Assert.Equal(1, test.Pages);
    }

    [Fact]
    public async Task A_value_of_64_MiB_is_kept_and_a_longer_one_refused()
    {
        await using var test = new TestCache(compression: PageCompression.None);
        byte[] value = new byte[TmemCache.MaximumValueBytes + 1];
        new Random(3).NextBytes(value);
        var longest = new ReadOnlySequence<byte>(value, 0, TmemCache.MaximumValueBytes);

        test.Cache.Set("key", longest, TestCache.Forever);

        Assert.True(test.Cache.Get("key").AsSpan().SequenceEqual(value.AsSpan(0, TmemCache.MaximumValueBytes)));
        ArgumentException error = Assert.Throws<ArgumentException>(() => test.Cache.Set("key", value, TestCache.Forever));
        Assert.Contains("67,108,865", error.Message, StringComparison.Ordinal);
        Assert.Contains("67,108,864", error.Message, StringComparison.Ordinal);
        Assert.Null(test.Cache.Get("key"));
        Assert.Equal(0, test.Pages);
    }

    [Fact]
    public async Task A_miss_does_not_touch_the_writer()
    {
        await using var test = new TestCache();
        var writer = new CountingWriter();

        Assert.False(test.Cache.TryGet("key", writer));

        Assert.Equal((0, 0), (writer.Spans, writer.Advances));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(100_000)]
    public async Task A_writer_is_asked_once_and_advanced_once(int length)
    {
        await using var test = new TestCache();
        test.Cache.Set("key", Segments.Bytes(length), TestCache.Forever);
        var writer = new CountingWriter();

        Assert.True(test.Cache.TryGet("key", writer));

        Assert.Equal((1, 1), (writer.Spans, writer.Advances));
    }

    [Fact]
    public async Task A_writer_that_gives_too_little_room_is_an_error_and_not_advanced()
    {
        await using var test = new TestCache();
        test.Cache.Set("key", Segments.Bytes(5000), TestCache.Forever);
        var writer = new CountingWriter { MostBytes = 4999 };

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => test.Cache.TryGet("key", writer));

        Assert.Contains("4,999", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, writer.Advances);
        Assert.NotNull(test.Cache.Get("key"));
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        await using var test = new TestCache();

        Assert.Throws<ArgumentNullException>("key", () => test.Cache.Get(null!));
        Assert.Throws<ArgumentNullException>("key", () => test.Cache.Remove(null!));
        Assert.Throws<ArgumentNullException>("key", () => test.Cache.Refresh(null!));
        Assert.Throws<ArgumentNullException>("key", () => test.Cache.Set(null!, [], TestCache.Forever));
        Assert.Throws<ArgumentNullException>("value", () => test.Cache.Set("key", null!, TestCache.Forever));
        Assert.Throws<ArgumentNullException>("options", () => test.Cache.Set("key", [], null!));
        Assert.Throws<ArgumentNullException>("destination", () => test.Cache.TryGet("key", null!));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_before_it_begins_does_nothing()
    {
        await using var test = new TestCache();
        var cancelled = new CancellationToken(canceled: true);
        test.Cache.Set("key", [1], TestCache.Forever);

        await Assert.ThrowsAsync<TaskCanceledException>(() => test.Cache.GetAsync("key", cancelled));
        await Assert.ThrowsAsync<TaskCanceledException>(() => test.Cache.TryGetAsync("key", new CountingWriter(), cancelled).AsTask());
        await Assert.ThrowsAsync<TaskCanceledException>(() => test.Cache.SetAsync("key", [2], TestCache.Forever, cancelled));
        await Assert.ThrowsAsync<TaskCanceledException>(() => test.Cache.SetAsync("key", default(ReadOnlySequence<byte>), TestCache.Forever, cancelled).AsTask());
        await Assert.ThrowsAsync<TaskCanceledException>(() => test.Cache.RemoveAsync("key", cancelled));
        await Assert.ThrowsAsync<TaskCanceledException>(() => test.Cache.RefreshAsync("key", cancelled));

        Assert.Equal([1], test.Cache.Get("key")!);
    }

    [Fact]
    public async Task A_disposed_cache_says_so()
    {
        await using var test = new TestCache();
        test.Cache.Dispose();

        Assert.Throws<ObjectDisposedException>(() => test.Cache.Get("key"));
        Assert.Throws<ObjectDisposedException>(() => test.Cache.Set("key", [], TestCache.Forever));
        Assert.Throws<ObjectDisposedException>(() => test.Cache.Remove("key"));
        Assert.Throws<ObjectDisposedException>(() => test.Cache.Refresh("key"));
        test.Cache.Dispose();
    }

    private sealed class CountingWriter : IBufferWriter<byte>
    {
        private readonly byte[] _room = new byte[1 << 20];

        public int MostBytes { get; init; } = 1 << 20;

        public int Spans { get; private set; }

        public int Advances { get; private set; }

        public void Advance(int count) => Advances++;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            Spans++;
            return _room.AsMemory(0, MostBytes);
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
