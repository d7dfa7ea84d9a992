using System.IO.Pipelines;
using TmemCore.Migration;
using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>What is saved while threads change it is what there was at one instant.</summary>
public sealed class SaveUnderLoadTests
{
    private const int Threads = 3;

    private static readonly TmemHostOptions s_options = Hosts.Small with { CapacityBytes = 64 * Hosts.Mebibyte };

    [Theory]
    [InlineData(1, PageCompression.None, false)]
    [InlineData(16, PageCompression.Lz4, false)]
    [InlineData(16, PageCompression.None, true)]
    public async Task An_image_is_of_one_instant(int shards, PageCompression compression, bool isXen)
    {
        using var host = new TmemHost(s_options with { Shards = shards, Profile = isXen ? TmemProfile.Xen : TmemProfile.Default });
        using var other = new TmemHost(s_options);
        TmemClient client = host.CreateClient(new TmemClientOptions { Compression = compression });
        PersistentPool pool = client.CreatePersistentPool();
        LoadThread[] threads = LoadThread.Start(pool, Threads, pages: 500);
        for (int round = 0; round < 4 * Hosts.Stress; round++)
        {
            long before = threads[^1].Done;
            byte[] bytes = await SavedBytes.SaveAsync(client, new SaveOptions { Freezes = false });
            using TmemClient image = await SavedBytes.RestoreAsync(other, bytes);
            RequireOneInstant(threads, SampleClient.Persistent(image).Single());
            threads[^1].AwaitDone(before + 1000);
        }

        Array.ForEach(threads, static thread => thread.Stop());
        Array.ForEach(threads, thread => thread.RequireAll(pool));
        Assert.Empty(host.Verify());
        Assert.Empty(other.Verify());
    }

    /// <summary>More changes than the log may hold, through a pipe that is read slowly: the threads are slowed down, and it comes to an end.</summary>
    [Fact]
    public async Task A_client_that_changes_faster_than_it_is_written_is_slowed_down()
    {
        using var host = new TmemHost(s_options);
        using var other = new TmemHost(s_options);
        TmemClient client = host.CreateClient();
        PersistentPool pool = client.CreatePersistentPool();
        LoadThread[] threads = LoadThread.Start(pool, Threads, pages: 3000);
        threads[^1].AwaitDone(3000);
        var longest = new LongestLog();
        var stream = new MemoryStream();
        PipeWriter writer = PipeWriter.Create(stream);

        SaveReport report = await SaveStream.SaveAsync(client, writer, new SaveOptions { Freezes = false }, longest);

        await writer.CompleteAsync();
        using TmemClient image = await SavedBytes.RestoreAsync(other, stream.ToArray());
        RequireOneInstant(threads, SampleClient.Persistent(image).Single());
        Array.ForEach(threads, static thread => thread.Stop());
        Assert.InRange(report.Rounds, 1, 12);
        Assert.InRange(longest.Entries, 0, (1 << 16) + Threads);
        Assert.Empty(host.Verify());
    }

    /// <summary>Pools that come and go, large objects that are flushed, and what is put over by another form, are all in the image.</summary>
    [Fact]
    public async Task What_changes_between_two_batches_is_in_the_image()
    {
        using var host = new TmemHost(s_options);
        using var other = new TmemHost(s_options);
        SampleClient sample = SampleClient.Create(host, 300, PageCompression.None, PageCompression.Lz4);
        PersistentPool[] pools = [.. SampleClient.Persistent(sample.Client)];
        var changes = new Queue<Action>(Changes(sample, pools));
        var stream = new MemoryStream();
        PipeWriter writer = PipeWriter.Create(stream);

        await SaveStream.SaveAsync(sample.Client, writer, new SaveOptions { Freezes = false }, new Changer(changes));

        await writer.CompleteAsync();
        Assert.Empty(changes);
        TmemClient image = await SavedBytes.RestoreAsync(other, stream.ToArray());
        sample.RequireEqual(image);
        sample.RequireEqual(sample.Client);
    }

    private static void RequireOneInstant(LoadThread[] threads, PersistentPool pool)
    {
        (long Operations, long Watched)[] found = [.. threads.Select(thread => thread.RequirePrefix(pool))];
        for (int i = 1; i < threads.Length; i++)
        {
            Assert.InRange(found[i].Watched, 0, found[i - 1].Operations);
        }
    }

    private static IEnumerable<Action> Changes(SampleClient sample, PersistentPool[] pools)
    {
        var large = new ObjectId(77, 7);
        PersistentPool? third = null;
        PersistentPool? fourth = null;
        yield return () => sample.Put(pools[0], 5, 1, SampleClient.Mixed(4));
        yield return () => sample.Flush(pools[0], 5, 4);
        yield return () =>
        {
            for (uint i = 0; i < 1000; i++)
            {
                sample.Put(pools[1], large, i, SampleClient.Mixed(i));
            }
        };
        yield return () =>
        {
            third = sample.Client.CreatePersistentPool();
            sample.Put(third, 3, 3, SampleClient.Mixed(3));
            fourth = sample.Client.CreatePersistentPool();
            sample.Put(fourth, 3, 3, SampleClient.Mixed(3));
        };
        yield return () =>
        {
            pools[1].FlushObject(large);
            for (uint i = 0; i < 1000; i++)
            {
                sample.Flush(pools[1], large, i);
            }
        };
        yield return () =>
        {
            sample.Destroy(third!);
            third = sample.Client.CreatePersistentPool();
            sample.Put(third, 3, 4, SampleClient.Mixed(3));
            Assert.True(third.TrySetCompression(PageCompression.Zstandard));
        };
        yield return () => sample.Destroy(fourth!);
        yield return () => sample.Client.Host.Control.SetWeight(sample.Client, 5);
        yield return () => sample.Put(pools[1], 5, 1, SampleClient.Mixed(1)[..100]);
        yield return () => sample.Put(pools[0], 5, 1, SampleClient.Mixed(7));
    }

    private sealed class Changer(Queue<Action> changes) : IProgress<MigrationProgress>
    {
        public void Report(MigrationProgress value)
        {
            // The client is paused for the last round: a change would wait for ever.
            if (value.Round == 0 && changes.TryDequeue(out Action? change))
            {
                change();
            }
        }
    }

    private sealed class LongestLog : IProgress<MigrationProgress>
    {
        public long Entries { get; private set; }

        public void Report(MigrationProgress value) => Entries = Math.Max(Entries, value.LogLength);
    }
}
