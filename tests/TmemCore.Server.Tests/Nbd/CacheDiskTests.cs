using TmemCore.Server.Nbd;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>A cache is its backing, only faster: whatever is done to it, and however little memory it has.</summary>
public sealed class CacheDiskTests
{
    private const int PageBytes = TmemPool.PageBytes;
    private const int SizeBytes = (5 << 20) + 1234;

    [Theory]
    [InlineData(1, true, 64L << 20)]
    [InlineData(2, false, 64L << 20)]
    [InlineData(3, true, 2L << 20)]
    [InlineData(4, false, 2L << 20)]
    public async Task It_is_the_file_behind_it(int seed, bool isStructured, long capacityBytes)
    {
        string file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, new byte[SizeBytes]);
        var served = new ServedDisks(new() { CapacityBytes = capacityBytes, CompressByDefault = seed % 2 == 0 }, new CacheDiskOptions { Name = "cache", Backing = file });
        using NbdPeer peer = served.Enter("cache", isStructured);
        Assert.Equal(SizeBytes, peer.SizeBytes);
        var model = new DiskModel(SizeBytes, seed);
        for (int i = 0; i < 600; i++)
        {
            model.Step(peer);
        }

        model.CompareAll(peer);
        Assert.Empty(served.Host.Verify());
        await served.DisposeAsync();
        byte[] left = await File.ReadAllBytesAsync(file);
        Assert.True(model.Bytes.AsSpan().SequenceEqual(left));
        File.Delete(file);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public async Task It_is_the_server_behind_it(int seed, bool isStructured)
    {
        await using var behind = new ServedDisks(new() { CapacityBytes = 16L << 20 }, new PersistentDiskOptions { Name = "a b", SizeBytes = SizeBytes });
        await using var served = new ServedDisks(
            new() { CapacityBytes = 3L << 20 },
            new CacheDiskOptions { Name = "cache", Backing = $"nbd+unix:///a%20b?socket={behind.Options.SocketPath}" });
        using NbdPeer peer = served.Enter("cache", isStructured);
        var model = new DiskModel(SizeBytes, seed);
        for (int i = 0; i < 600; i++)
        {
            model.Step(peer);
        }

        model.CompareAll(peer);
        using NbdPeer direct = behind.Enter("a b");
        model.CompareAll(direct);
    }

    [Fact]
    public async Task What_was_read_once_is_not_read_again_and_what_was_written_not_at_all()
    {
        var backing = new GatedBacking(SizeBytes);
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, new GatedCacheOptions { Name = "cache", Backing = backing });
        using NbdPeer peer = served.Enter("cache");
        Pages.Of(3).CopyTo(backing.Bytes, 8 * PageBytes);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Pages.Of(3)[100..300], peer.ReadDisk((8 * PageBytes) + 100, 200));
        }

        Assert.Equal(1, backing.Reads);
        peer.WriteDisk(100 * PageBytes, [.. Pages.Of(4), .. Pages.Of(5)]);
        Assert.Equal(Pages.Of(5), peer.ReadDisk(101 * PageBytes, PageBytes));
        Assert.Equal(1, backing.Reads);

        // A page that is written in part is read again.
        peer.WriteDisk((101 * PageBytes) + 7, [9]);
        Assert.Equal([.. Pages.Of(5)[..7], 9], peer.ReadDisk(101 * PageBytes, 8));
        Assert.Equal(2, backing.Reads);
        Assert.Equal(NbdError.None, peer.Do(NbdCommand.Cache, 200 * PageBytes, 1 << 20).Error);
        int reads = backing.Reads;
        peer.ReadDisk(200 * PageBytes, 256 << 10);
        peer.ReadDisk((200 * PageBytes) + (256 << 10), 256 << 10);
        Assert.Equal(reads, backing.Reads);
    }

    [Fact]
    public async Task What_has_to_be_durable_is_so_behind_the_cache()
    {
        var backing = new GatedBacking(SizeBytes);
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, new GatedCacheOptions { Name = "cache", Backing = backing });
        using NbdPeer peer = served.Enter("cache");
        peer.WriteDisk(0, Pages.Of(1));
        Assert.Equal((0, 0), (backing.Flushes, backing.Forced));
        Assert.Equal(NbdError.None, peer.Do(NbdCommand.Flush, 0, 0).Error);
        Assert.Equal(NbdError.None, peer.Do(NbdCommand.Write, 0, 5, NbdCommandFlags.ForceUnitAccess, new byte[5]).Error);
        Assert.Equal(NbdError.None, peer.Do(NbdCommand.WriteZeroes, 0, 1 << 20, NbdCommandFlags.ForceUnitAccess).Error);
        Assert.Equal((1, 2), (backing.Flushes, backing.Forced));
        Assert.Equal([(4096u, 0u)], peer.Do(NbdCommand.BlockStatus, 0, 4096).Extents);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Errors_behind_it_are_told_and_leave_nothing_in_it(bool isStructured)
    {
        var backing = new GatedBacking(SizeBytes);
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, new GatedCacheOptions { Name = "cache", Backing = backing });
        using NbdPeer peer = served.Enter("cache", isStructured);
        peer.WriteDisk(0, Pages.Of(1));
        backing.WriteError = NbdError.NoSpace;
        Assert.Equal(NbdError.NoSpace, peer.Do(NbdCommand.Write, 0, PageBytes, data: Pages.Of(2)).Error);
        Assert.Equal(NbdError.NoSpace, peer.Do(NbdCommand.Write, 0, 1 << 20, data: new byte[1 << 20]).Error);
        Assert.Equal(NbdError.NoSpace, peer.Do(NbdCommand.WriteZeroes, 0, PageBytes).Error);
        Assert.Equal(0, backing.Reads);
        Assert.Equal(Pages.Of(1), peer.ReadDisk(0, PageBytes));
        Assert.Equal(1, backing.Reads);

        backing.ReadError = NbdError.InputOutput;
        Assert.Equal(Pages.Of(1), peer.ReadDisk(0, PageBytes));
        Assert.Equal(NbdError.InputOutput, peer.Do(NbdCommand.Read, 0, 2 * PageBytes).Error);
        Assert.Equal(NbdError.InputOutput, peer.Do(NbdCommand.Read, 1 << 20, 1 << 20).Error);
        Assert.Equal(NbdError.InputOutput, peer.Do(NbdCommand.Cache, 1 << 20, 1 << 20).Error);
        backing.ReadError = NbdError.None;
        Assert.Equal(new byte[1 << 20], peer.ReadDisk(1 << 20, 1 << 20));
    }

    [Fact]
    public async Task What_is_read_while_it_is_written_is_not_kept()
    {
        var backing = new GatedBacking(SizeBytes);
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, new GatedCacheOptions { Name = "cache", Backing = backing });
        using NbdPeer reader = served.Enter("cache");
        using NbdPeer writer = served.Enter("cache");

        // The read has the old bytes in hand when the write comes and ends.
        var isRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        backing.AfterRead = () =>
        {
            isRead.TrySetResult();
            return goOn.Task;
        };
        reader.Send(NbdCommand.Read, 0, PageBytes);
        await isRead.Task;
        writer.WriteDisk(0, Pages.Of(1));
        goOn.SetResult();
        Assert.Equal(new byte[PageBytes], reader.Receive().Answer.Data);
        Assert.Equal(Pages.Of(1), reader.ReadDisk(0, PageBytes));

        // The write has begun and not reached the backing when the read comes and ends.
        var isBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var write = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        backing.BeforeWrite = () =>
        {
            isBegun.TrySetResult();
            return write.Task;
        };
        writer.Send(NbdCommand.Write, 0, PageBytes, data: Pages.Of(2));
        await isBegun.Task;
        Assert.Equal(Pages.Of(1), reader.ReadDisk(0, PageBytes));
        write.SetResult();
        Assert.Equal(NbdError.None, writer.Receive().Answer.Error);
        Assert.Equal(Pages.Of(2), reader.ReadDisk(0, PageBytes));
    }

    [Fact]
    public async Task Of_two_writes_at_once_the_cache_has_what_the_backing_has()
    {
        var backing = new GatedBacking(SizeBytes);
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, new GatedCacheOptions { Name = "cache", Backing = backing });
        using NbdPeer first = served.Enter("cache");
        using NbdPeer second = served.Enter("cache");
        var isWritten = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        backing.AfterWrite = () => isWritten.TrySetResult() ? goOn.Task : Task.CompletedTask;
        first.Send(NbdCommand.Write, 0, PageBytes, data: Pages.Of(1));
        await isWritten.Task;
        second.WriteDisk(0, Pages.Of(2));
        goOn.SetResult();
        Assert.Equal(NbdError.None, first.Receive().Answer.Error);

        Assert.Equal(Pages.Of(2), first.ReadDisk(0, PageBytes));
        Assert.Equal(Pages.Of(2), backing.Bytes[..PageBytes]);
    }

    [Fact]
    public async Task Nobody_ever_reads_what_was_true_before_a_write_that_was_answered()
    {
        // Pages carry a number that only grows; whoever reads one finds at least the number whose write had been answered before the read began.
        const int Count = 70;
        var backing = new GatedBacking(SizeBytes);
        backing.BeforeRead = backing.AfterRead = backing.BeforeWrite = backing.AfterWrite = static async () =>
        {
            for (int i = Random.Shared.Next(4); i > 0; i--)
            {
                await Task.Yield();
            }
        };
        await using var served = new ServedDisks(new() { CapacityBytes = 1L << 20 }, new GatedCacheOptions { Name = "cache", Backing = backing });
        var answered = new long[Count];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Factory.StartNew(
            () =>
            {
                using NbdPeer peer = served.Enter("cache", isStructured: number % 2 == 0);
                var random = new Random(number);
                for (int i = 0; i < 500; i++)
                {
                    int page = random.Next(Count / 8 * 8);
                    if (number < 4)
                    {
                        // Each page has one writer.
                        page = (page / 4 * 4) + number;
                        long next = answered[page] + 1;
                        peer.WriteDisk(page * PageBytes, Numbered(next, random.Next(3) == 0 ? 8 : PageBytes));
                        Volatile.Write(ref answered[page], next);
                    }
                    else
                    {
                        int pages = random.Next(1, Count - page);
                        long[] least = [.. Enumerable.Range(page, pages).Select(one => Volatile.Read(ref answered[one]))];
                        byte[] found = peer.ReadDisk(page * PageBytes, pages * PageBytes);
                        for (int one = 0; one < pages; one++)
                        {
                            Assert.True(BitConverter.ToInt64(found, one * PageBytes) >= least[one]);
                        }
                    }
                }
            },
            TaskCreationOptions.LongRunning)));
        Assert.Empty(served.Host.Verify());
    }

    [Fact]
    public async Task What_is_cached_does_not_wait_for_what_is_not()
    {
        var backing = new GatedBacking(SizeBytes);
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, new GatedCacheOptions { Name = "cache", Backing = backing });
        using NbdPeer peer = served.Enter("cache");
        peer.WriteDisk(0, Pages.Of(1));
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        backing.BeforeRead = () => goOn.Task;
        ulong slow = peer.Send(NbdCommand.Read, 1 << 20, 1 << 20);
        ulong fast = peer.Send(NbdCommand.Read, 0, PageBytes);
        (ulong cookie, NbdAnswer answer) = peer.Receive();
        Assert.Equal((fast, 1), (cookie, answer.Chunks));
        peer.WriteDisk(8192, Pages.Of(2));
        goOn.SetResult();
        Assert.Equal(slow, peer.Receive().Cookie);
    }

    [Fact]
    public async Task More_requests_than_may_be_under_way_are_all_answered()
    {
        var backing = new GatedBacking(SizeBytes);
        await using var served = new ServedDisks(
            new() { CapacityBytes = 16L << 20 },
            [new GatedCacheOptions { Name = "cache", Backing = backing }],
            static options => options with { MaxRequestsInFlight = 2 });
        using NbdPeer peer = served.Enter("cache");
        var cookies = new HashSet<ulong>();
        for (int i = 0; i < 100; i++)
        {
            cookies.Add(peer.Send(i % 2 == 0 ? NbdCommand.Read : NbdCommand.Trim, i * PageBytes, 40 * PageBytes));
        }

        while (cookies.Count > 0)
        {
            Assert.True(cookies.Remove(peer.Receive().Cookie));
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task One_that_is_read_only_takes_nothing(bool isOption, bool isBacking)
    {
        string file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, Pages.Of(1));
        var backing = new GatedBacking(PageBytes) { IsReadOnly = isBacking };
        NbdExportOptions options = isOption
            ? new CacheDiskOptions { Name = "cache", Backing = file, IsReadOnly = true }
            : new GatedCacheOptions { Name = "cache", Backing = backing };
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, options);
        using NbdPeer peer = served.Enter("cache");
        Assert.Equal(
            NbdExportFlags.ReadOnly,
            peer.Flags & (NbdExportFlags.ReadOnly | NbdExportFlags.SendTrim | NbdExportFlags.SendWriteZeroes | NbdExportFlags.SendForceUnitAccess));
        Assert.Equal(NbdError.NotPermitted, peer.Do(NbdCommand.Write, 0, 5, data: new byte[5]).Error);
        Assert.Equal(NbdError.NotPermitted, peer.Do(NbdCommand.WriteZeroes, 0, 5).Error);
        Assert.Equal(NbdError.NotPermitted, peer.Do(NbdCommand.Trim, 0, 5).Error);
        Assert.Equal(isOption ? Pages.Of(1) : backing.Bytes, peer.ReadDisk(0, PageBytes));
        Assert.Equal(NbdError.None, peer.Do(NbdCommand.Flush, 0, 0).Error);
        File.Delete(file);
    }

    [Fact]
    public async Task A_client_that_goes_while_its_requests_are_under_way_leaves_nothing()
    {
        var backing = new GatedBacking(SizeBytes);
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, new GatedCacheOptions { Name = "cache", Backing = backing });
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        backing.BeforeRead = () =>
        {
            isBegun.TrySetResult();
            return goOn.Task;
        };
        using (NbdPeer peer = served.Enter("cache"))
        {
            peer.Send(NbdCommand.Read, 0, 3 << 20);
            await isBegun.Task;
        }

        using NbdPeer other = served.Enter("cache");
        other.WriteDisk(4 << 20, Pages.Of(1));
        goOn.SetResult();
        await served.UntilConnectionsAre(1);
        Assert.Equal(new byte[PageBytes], other.ReadDisk(0, PageBytes));
    }

    [Fact]
    public async Task When_its_client_is_ended_it_goes_on_without_a_cache()
    {
        var backing = new GatedBacking(SizeBytes);
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, new GatedCacheOptions { Name = "cache", Backing = backing });
        using NbdPeer peer = served.Enter("cache");
        peer.WriteDisk(0, Pages.Of(1));
        served.Host.Control.Destroy(served.Host.Control.GetClients().Single());
        Assert.Equal(Pages.Of(1), peer.ReadDisk(0, PageBytes));
        peer.WriteDisk(0, Pages.Of(2));
        Assert.Equal(Pages.Of(2), peer.ReadDisk(0, PageBytes));
    }

    private static byte[] Numbered(long number, int length)
    {
        var page = new byte[length];
        BitConverter.TryWriteBytes(page, number);
        return page;
    }
}
