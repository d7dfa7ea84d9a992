using System.Buffers;
using System.Buffers.Binary;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>
/// Threads set, get and remove at random. Each value says which key and version it is, and the rest of it follows from these: a get gives one whole
/// value, or none, and never an older one than a set that was done before the get began.
/// </summary>
public class ConcurrencyTests
{
    private const int Keys = 16;
    private const int HeaderBytes = 8;

    private readonly int[] _begun = new int[Keys];
    private readonly int[] _done = new int[Keys];

    public static TheoryData<Place, long, uint, int, int> Runs => new()
    {
        { Place.Own, 192L << 20, 0, 4, 20_000 },
        { Place.Own, 1L << 20, 0, 4, 20_000 },
        { Place.Own, 192L << 20, 1, 4, 20_000 },
        { Place.Own, 192L << 20, 0, 2, 40_000 },
        { Place.Socket, 192L << 20, 0, 4, 4_000 },
        { Place.SharedMemory, 192L << 20, 0, 4, 8_000 },
        { Place.SharedMemory, 1L << 20, 0, 4, 8_000 },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Values_are_whole_and_never_older_than_a_finished_set(Place place, long capacityBytes, uint groups, int threads, int calls)
    {
        await using var test = new TestCache(place, capacityBytes: capacityBytes, compression: PageCompression.None, heads: groups == 0 ? null : HeadLayout.Sharing(groups));
        bool mayMiss = capacityBytes < 16L << 20 || groups == 1;
        for (int key = 0; key < Keys; key++)
        {
            Set(test.Cache, key, 100);
        }

        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () => Work(test.Cache, thread, threads, calls, mayMiss), TaskCreationOptions.LongRunning)));
    }

    private void Work(TmemCache cache, int thread, int threads, int calls, bool mayMiss)
    {
        var random = new Random(thread);
        var writer = new ArrayBufferWriter<byte>();
        for (int call = 0; call < calls; call++)
        {
            int key = random.Next(Keys);
            if (key % threads == thread && random.Next(2) == 0)
            {
                Set(cache, key, random.Next(3) == 0 ? random.Next(60_000) : random.Next(6000));
            }
            else if (mayMiss && random.Next(50) == 0)
            {
                cache.Remove($"key {key}");
            }
            else
            {
                Check(cache, key, random.Next(2) == 0 ? writer : null, mayMiss);
            }
        }
    }

    /// <summary>Only one thread sets a key, so that its versions are in order.</summary>
    private void Set(TmemCache cache, int key, int length)
    {
        int version = ++_begun[key];
        byte[] value = new byte[HeaderBytes + length];
        Write(value, key, version);
        cache.Set($"key {key}", Segments.Split(value, 1 + (version * 997 % 9000)), TestCache.Forever);
        Volatile.Write(ref _done[key], version);
    }

    private void Check(TmemCache cache, int key, ArrayBufferWriter<byte>? writer, bool mayMiss)
    {
        int oldest = Volatile.Read(ref _done[key]);
        ReadOnlySpan<byte> found;
        bool isHit;
        if (writer is null)
        {
            byte[]? value = cache.Get($"key {key}");
            found = value;
            isHit = value is not null;
        }
        else
        {
            writer.ResetWrittenCount();
            isHit = cache.TryGet($"key {key}", writer);
            found = writer.WrittenSpan;
        }

        if (!isHit)
        {
            Assert.True(mayMiss, $"key {key} is gone, and nobody has removed it");
            return;
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(found[4..]);
        byte[] expected = new byte[found.Length];
        Write(expected, key, version);
        Assert.True(found.SequenceEqual(expected), $"key {key}, version {version}: not whole");
        Assert.InRange(version, oldest, Volatile.Read(ref _begun[key]));
    }

    /// <summary>What a value of a length has to be: its words tell key, version and length.</summary>
    private static void Write(Span<byte> value, int key, int version)
    {
        BinaryPrimitives.WriteInt32LittleEndian(value, key);
        BinaryPrimitives.WriteInt32LittleEndian(value[4..], version);
        uint word = (uint)((key * 31) + (version * 1_000_003) + value.Length);
        Span<byte> rest = value[HeaderBytes..];
        for (int at = 0; at < rest.Length; at++)
        {
            word = (word * 1_664_525) + 1_013_904_223;
            rest[at] = (byte)(word >> 24);
        }
    }

    [Fact]
    public async Task Many_writers_of_one_key_leave_one_whole_value_and_no_other_page()
    {
        await using var test = new TestCache(compression: PageCompression.None);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < 2000; i++)
                {
                    byte[] value = new byte[(i * 37 % 20_000) + 1];
                    value.AsSpan().Fill((byte)(thread + 1));
                    test.Cache.Set("key", value, TestCache.Forever);
                    byte[] found = test.Cache.Get("key")!;
                    Assert.Equal(-1, found.AsSpan().IndexOfAnyExcept(found[0]));
                }
            },
            TaskCreationOptions.LongRunning)));

        byte[] last = test.Cache.Get("key")!;
        Assert.Equal(-1, last.AsSpan().IndexOfAnyExcept(last[0]));
        test.Cache.Remove("key");
        Assert.Equal(0, test.Pages);
    }

    [Fact]
    public async Task Sliding_renewals_beside_sets_bring_no_old_value_back()
    {
        var time = new FakeClock();
        await using var test = new TestCache(time: time, compression: PageCompression.None);
        int done = 0;
        Task writing = Task.Factory.StartNew(
            () =>
            {
                for (int i = 1; i <= 5000; i++)
                {
                    byte[] value = new byte[i % 3 == 0 ? 5000 : 40];
                    BinaryPrimitives.WriteInt32LittleEndian(value, i);
                    test.Cache.Set("key", value, new() { SlidingExpiration = TimeSpan.FromDays(1) });
                    Volatile.Write(ref done, i);
                    time.Advance(TimeSpan.FromMilliseconds(1));
                }
            },
            TaskCreationOptions.LongRunning);
        while (!writing.IsCompleted)
        {
            int oldest = Volatile.Read(ref done);
            byte[]? found = test.Cache.Get("key");
            if (oldest > 0)
            {
                Assert.InRange(BinaryPrimitives.ReadInt32LittleEndian(found), oldest, 5000);
            }
        }

        await writing;
    }
}
