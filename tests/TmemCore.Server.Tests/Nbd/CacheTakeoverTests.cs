using TmemCore.Server.Nbd;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>Caches that go over to another server, with what they stand in front of: nobody reads a stale byte, and nobody else gets at the file meanwhile.</summary>
public sealed class CacheTakeoverTests : IAsyncLifetime
{
    private const int PageBytes = TmemPool.PageBytes;
    private const int DiskBytes = 4 << 20;

    private readonly ServedTakeovers _served = new();
    private readonly ServedDisks _behind = new(new() { CapacityBytes = 16L << 20 }, new PersistentDiskOptions { Name = "far", SizeBytes = DiskBytes });

    private string FilePath => Path.Combine(_served.Folder, "backing");

    public Task InitializeAsync()
    {
        File.WriteAllBytes(FilePath, new byte[DiskBytes]);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _served.DisposeAsync();
        await _behind.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_uses_a_cache_goes_on_with_it(bool isRemote)
    {
        NbdServerOptions options = _served.Exporting(Cache(isRemote));
        _served.Start(options);
        using NbdPeer peer = NbdPeer.Enter(_served.Place, "cache");
        using NbdPeer plain = NbdPeer.Enter(_served.Place, "cache", isStructured: false);
        for (uint page = 0; page < 50; page++)
        {
            peer.WriteDisk(page * PageBytes, DiskUser.Noise(page));
        }

        NbdServer successor = _served.TakeOver(options);
        await _served.EndAsync(0);
        Assert.Equal(2, successor.ConnectionCount);
        Assert.Equal(50, successor.Host.GetStatistics().EphemeralPages);
        for (uint page = 0; page < 50; page++)
        {
            Assert.Equal(DiskUser.Noise(page), (page % 2 == 0 ? peer : plain).ReadDisk(page * PageBytes, PageBytes));
        }

        Assert.Equal(new byte[PageBytes], plain.ReadDisk(60 * PageBytes, PageBytes));
        plain.WriteDisk(5 * PageBytes, DiskUser.Noise(999));
        Assert.Equal(DiskUser.Noise(999), peer.ReadDisk(5 * PageBytes, PageBytes));
        using (NbdPeer another = NbdPeer.Enter(_served.Place, "cache"))
        {
            Assert.Equal(DiskUser.Noise(999), another.ReadDisk(5 * PageBytes, PageBytes));
            Assert.Equal(new byte[PageBytes], another.ReadDisk(61 * PageBytes, PageBytes));
        }

        // The server behind it has seen one connection: it went over as well.
        Assert.Equal(isRemote ? 1 : 0, _behind.Log.Count(static line => line.EndsWith("uses far.", StringComparison.Ordinal)));
        Assert.Empty(successor.Host.Verify());
        await _served.Servers[1].Server.DisposeAsync();
        await successor.DisposeAsync();
        Assert.Equal(DiskUser.Noise(999), ReadBehind(isRemote, 5 * PageBytes));
        Assert.Equal(DiskUser.Noise(49), ReadBehind(isRemote, 49 * PageBytes));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Nobody_reads_a_stale_byte_while_a_cache_goes_from_server_to_server(bool isRemote) =>
        _served.TakeOverWhileUsedAsync(_served.Exporting(Cache(isRemote)), "cache");

    [Fact]
    public async Task What_is_under_way_is_answered_before_a_cache_is_handed_over()
    {
        var backing = new GatedBacking(DiskBytes);
        NbdServerOptions options = _served.Exporting(new GatedCacheOptions { Name = "cache", Backing = backing });
        _served.Start(options);
        using NbdPeer peer = NbdPeer.Enter(_served.Place, "cache");
        Assert.Equal(new byte[PageBytes], peer.ReadDisk(0, PageBytes));
        var isUnderWay = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        backing.BeforeWrite = () =>
        {
            isUnderWay.SetResult();
            return gate.Task;
        };
        ulong write = peer.Send(NbdCommand.Write, 0, PageBytes, data: DiskUser.Noise(1));
        await isUnderWay.Task;
        Task<NbdServer> takeover = Task.Run(() => _served.TakeOver(options));
        while (!_served.Servers[0].Disks!.IsPausing)
        {
            await Task.Delay(1);
        }

        Assert.False(takeover.IsCompleted);
        backing.BeforeWrite = static () => Task.CompletedTask;
        gate.SetResult();
        (ulong cookie, NbdAnswer answer) = peer.Receive();
        Assert.Equal((write, NbdError.None), (cookie, answer.Error));
        await takeover;
        Assert.Equal(DiskUser.Noise(1), peer.ReadDisk(0, PageBytes));
        Assert.Equal(DiskUser.Noise(1), backing.Bytes[..PageBytes]);
        Assert.Equal(1, backing.Reads);
    }

    [Fact]
    public async Task A_backing_that_takes_too_long_holds_a_takeover_up_and_all_goes_on()
    {
        var backing = new GatedBacking(DiskBytes);
        NbdServerOptions options = _served.Exporting(new GatedCacheOptions { Name = "cache", Backing = backing });
        _served.Start(options, TimeSpan.FromMilliseconds(20));
        using NbdPeer peer = NbdPeer.Enter(_served.Place, "cache");
        var isUnderWay = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        backing.BeforeRead = () =>
        {
            isUnderWay.TrySetResult();
            return gate.Task;
        };
        ulong read = peer.Send(NbdCommand.Read, 0, PageBytes);
        await isUnderWay.Task;
        IOException refusal = Assert.Throws<IOException>(() => _served.TakeOver(options));
        Assert.Contains("within a request", refusal.Message, StringComparison.Ordinal);
        gate.SetResult();
        (ulong cookie, NbdAnswer answer) = peer.Receive();
        Assert.Equal((read, NbdError.None), (cookie, answer.Error));
        peer.WriteDisk(0, DiskUser.Noise(1));
        Assert.Equal(DiskUser.Noise(1), peer.ReadDisk(0, PageBytes));
        using NbdPeer another = NbdPeer.Enter(_served.Place, "cache");
        Assert.Equal(DiskUser.Noise(1), another.ReadDisk(0, PageBytes));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Settings_with_other_caches_are_refused_and_all_goes_on(bool isRemote)
    {
        CacheDiskOptions cache = Cache(isRemote);
        _served.Start(_served.Exporting(cache));
        using NbdPeer peer = NbdPeer.Enter(_served.Place, "cache");
        peer.WriteDisk(0, DiskUser.Noise(1));
        NbdExportOptions[] others =
        [
            cache with { Name = "other" }, cache with { Backing = FilePath + "2" }, cache with { IsReadOnly = true },
            new PersistentDiskOptions { Name = "cache", SizeBytes = DiskBytes },
        ];
        foreach (NbdExportOptions other in others)
        {
            InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => _served.TakeOver(_served.Exporting(other)));
            Assert.Contains($"cache in front of {cache.Backing}", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(DiskUser.Noise(1), peer.ReadDisk(0, PageBytes));
            peer.WriteDisk(PageBytes, DiskUser.Noise(2));
            Assert.Equal(new byte[PageBytes], peer.ReadDisk(2 * PageBytes, PageBytes));
            Assert.Equal(NbdError.None, peer.Do(NbdCommand.Trim, 2 * PageBytes, PageBytes).Error);
        }
    }

    [Fact]
    public async Task Nobody_else_gets_at_the_file_before_the_last_server_has_ended()
    {
        NbdServerOptions options = _served.Exporting(Cache(isRemote: false));
        _served.Start(options);
        _served.TakeOver(options);
        await _served.EndAsync(0);
        Assert.Throws<IOException>(() => File.OpenHandle(FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        NbdServer last = _served.TakeOver(options);
        await _served.EndAsync(1);
        Assert.Throws<IOException>(() => File.OpenHandle(FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        await _served.Servers[2].Server.DisposeAsync();
        await last.DisposeAsync();
        File.OpenHandle(FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
    }

    /// <summary>The next client has the id of the one that is gone, and a pool of the same number: its pages are not the cache's.</summary>
    [Fact]
    public void A_cache_whose_client_was_ended_goes_on_without_keeping_anything()
    {
        NbdServerOptions options = _served.Exporting(Cache(isRemote: false));
        _served.Start(options);
        using NbdPeer peer = NbdPeer.Enter(_served.Place, "cache");
        peer.WriteDisk(0, DiskUser.Noise(1));
        TmemHost host = _served.Servers[0].Server.Host;
        TmemClient ended = Assert.Single(host.Control.GetClients());
        ended.Dispose();
        Assert.True(host.CreateClient(new() { Id = ended.Id }).CreateRetainingPool().TryPut(0, 0, DiskUser.Noise(2)));

        NbdServer successor = _served.TakeOver(options);
        Assert.Equal(DiskUser.Noise(1), peer.ReadDisk(0, PageBytes));
        peer.WriteDisk(0, DiskUser.Noise(3));
        Assert.Equal(DiskUser.Noise(3), peer.ReadDisk(0, PageBytes));
        Assert.True(successor.Host.TryGetClient(ended.Id, out TmemClient? other));
        Assert.Equal(1, other.GetStatistics().EphemeralPages);
    }

    [Fact]
    public async Task A_server_that_was_lost_before_is_connected_to_again_and_what_was_known_of_it_is_forgotten()
    {
        NbdServerOptions options = _served.Exporting(Cache(isRemote: true));
        _served.Start(options);
        using NbdPeer peer = NbdPeer.Enter(_served.Place, "cache");
        peer.WriteDisk(0, DiskUser.Noise(1));
        await _behind.Server.DisposeAsync();
        await using var next = new NbdServer(_behind.Host, _behind.Options);
        next.Start();

        _served.TakeOver(options);
        await _served.EndAsync(0);
        while (peer.Do(NbdCommand.Read, PageBytes, PageBytes).Error != NbdError.None)
        {
            // It may have to find out first that the one before has gone.
        }

        Assert.Equal(new byte[PageBytes], peer.ReadDisk(0, PageBytes));
    }

    private CacheDiskOptions Cache(bool isRemote) => new()
    {
        Name = "cache",
        Backing = isRemote ? $"nbd+unix:///far?socket={_behind.Options.SocketPath}" : FilePath,
    };

    private byte[] ReadBehind(bool isRemote, int offset)
    {
        if (!isRemote)
        {
            return File.ReadAllBytes(FilePath)[offset..][..PageBytes];
        }

        using NbdPeer direct = _behind.Enter("far");
        return direct.ReadDisk(offset, PageBytes);
    }
}
