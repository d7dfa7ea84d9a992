using TmemCore.Statistics;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <content>Clients that go on while memory comes and goes.</content>
public sealed partial class GovernorTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(8, false)]
    [InlineData(8, true)]
    public void Clients_go_on_while_the_target_falls_and_rises_and_the_target_is_never_passed(int shards, bool compresses)
    {
        using var host = new TmemHost(Governed with
        {
            Shards = shards,
            CompressByDefault = compresses,
            Governor = new() { GrowBytesPerSecond = 80 * Hosts.Mebibyte },
        });
        PersistentPool kept = Persistent(host.CreateClient(), count: 700);
        using var stop = new CancellationTokenSource();
        var faults = new System.Collections.Concurrent.ConcurrentQueue<string>();
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(i => Worker(host, i, faults, stop.Token))];
        var random = new Random(shards);
        for (int round = 0; round < 40 * Hosts.Stress; round++)
        {
            Short(host, random.NextInt64(-8, 24) * Hosts.Mebibyte);

            // What was in flight when the target was lowered has been refused or is gone by now.
            Assert.InRange(host.CommittedBytes, 1, host.TargetBytes);
            Assert.Empty(host.Verify());
            for (int i = random.Next(0, 30); i > 0; i--)
            {
                Tell(host, available: MachineBytes);
                Assert.InRange(host.CommittedBytes, 1, host.TargetBytes);
            }

            long puts = host.GetStatistics().Puts;
            while (host.GetStatistics().Puts < puts + 1000)
            {
                Thread.Yield();
            }

            Assert.Empty(faults);
        }

        stop.Cancel();
        foreach (Thread thread in threads)
        {
            Assert.True(thread.Join(TimeSpan.FromMinutes(2)));
        }

        Assert.Empty(faults);
        RequirePages(kept, count: 700);
        MemoryStatistics memory = host.GetStatistics().Memory;
        Assert.True(memory.Growths > 10 && memory.Shrinks > 10 && memory.ReturnedBytes > 10 * Hosts.Mebibyte, $"{memory}");
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_host_may_be_disposed_while_memory_is_given_back()
    {
        for (int round = 0; round < 20; round++)
        {
            _machine.AvailableBytes = MachineBytes;
            var host = new TmemHost(Governed with { CapacityBytes = 64 * Hosts.Mebibyte });
            Hosts.FillUp(host.CreateClient().CreateRetainingPool());
            Exception? ended = null;
            var shrinking = new Thread(() =>
            {
                ended = Record.Exception(() =>
                {
                    for (bool isLive = true; isLive; isLive = host.Store.Governor is not null)
                    {
                        Short(host, 60 * Hosts.Mebibyte);
                    }
                });
            });
            shrinking.Start();
            Thread.Yield();
            host.Dispose();
            Assert.True(shrinking.Join(TimeSpan.FromMinutes(2)));
            Assert.IsType<ObjectDisposedException>(ended);
        }
    }

    /// <summary>A thread that puts, gets and flushes pages of its own client, and holds every page that it gets against what it put.</summary>
    private static Thread Worker(TmemHost host, int number, System.Collections.Concurrent.ConcurrentQueue<string> faults, CancellationToken stop)
    {
        TmemClient client = host.CreateClient();
        RetainingPool pool = client.CreateRetainingPool();
        EphemeralPool taken = client.CreateEphemeralPool();
        var thread = new Thread(() =>
        {
            var random = new Random(number);
            var page = new byte[TmemPool.PageBytes];
            var expected = new byte[TmemPool.PageBytes];
            while (!stop.IsCancellationRequested)
            {
                uint index = (uint)random.Next(6000);
                Pages.FillMixed(expected, index);
                switch (random.Next(8))
                {
                    case < 4:
                        pool.TryPut(index / 64, index % 64, expected);
                        taken.TryPut(index / 64, index % 64, expected);
                        break;
                    case < 6:
                        Compare(pool.Get(index / 64, index % 64, page), page, expected, index);
                        break;
                    case 6:
                        Compare(taken.Take(index / 64, index % 64, page), page, expected, index);
                        break;
                    default:
                        pool.FlushPage(index / 64, index % 64);
                        break;
                }
            }
        });
        thread.Start();
        return thread;

        void Compare(GetResult result, byte[] page, byte[] expected, uint index)
        {
            if (result == GetResult.Hit && !page.AsSpan().SequenceEqual(expected))
            {
                faults.Enqueue($"Thread {number}: page {index} is another one.");
            }
        }
    }
}
