using TmemCore.Server.Nbd;
using TmemCore.Statistics;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>A persistent disk is an array of bytes, whatever is done to it and however little memory there is.</summary>
public sealed class PersistentDiskTests
{
    private const int PageBytes = TmemPool.PageBytes;
    private const long SizeBytes = (5 << 20) + 1234;

    private static readonly PersistentDiskOptions s_disk = new() { Name = "disk", SizeBytes = SizeBytes };

    [Theory]
    [InlineData(1, true, false, PageCompression.None)]
    [InlineData(2, false, false, PageCompression.None)]
    [InlineData(3, true, true, PageCompression.None)]
    [InlineData(4, false, true, PageCompression.None)]
    [InlineData(5, true, false, PageCompression.Lz4)]
    [InlineData(6, false, true, PageCompression.Lz4)]
    [InlineData(7, true, false, PageCompression.Zstandard)]
    [InlineData(8, false, true, PageCompression.Zstandard)]
    public async Task It_is_an_array_of_bytes(int seed, bool isStructured, bool isSpilling, PageCompression compression)
    {
        PersistentDiskOptions options = s_disk with
        {
            SpillPath = isSpilling ? ServedDisks.Here : null,
            AllowanceBytes = isSpilling ? 1 << 20 : long.MaxValue,
            Compression = compression,
        };
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, options);
        using NbdPeer peer = served.Enter("disk", isStructured);
        Assert.Equal(SizeBytes, peer.SizeBytes);
        var model = new DiskModel(SizeBytes, seed);
        for (int i = 0; i < 600; i++)
        {
            model.Step(peer);
        }

        model.CompareAll(peer);
        Assert.Equal(isSpilling, served.Server.Exports[0].SpilledBytes > 0);
        Assert.Empty(served.Host.Verify());
        peer.Do(NbdCommand.Trim, 0, SizeBytes);
        Assert.Equal((0, 0), (served.Server.Exports[0].SpilledBytes, served.Host.GetStatistics().Pages));
    }

    [Fact]
    public async Task What_neither_memory_nor_the_file_takes_is_refused_and_the_rest_of_its_page_stays()
    {
        bool isFull = false;
        await using var served = new ServedDisks(
            new() { CapacityBytes = 16L << 20 },
            new FullSpillOptions { Name = "disk", IsFull = () => isFull, Disk = s_disk with { AllowanceBytes = 20 << 10, Compression = PageCompression.Lz4 } });
        using NbdPeer peer = served.Enter("disk");

        // Pages of which memory takes some dozens, and of noise but few.
        byte[] small = [.. Enumerable.Range(0, PageBytes).Select(static i => (byte)(i % 300))];
        for (int i = 0; i < 20; i++)
        {
            peer.WriteDisk(i * PageBytes, small);
        }

        Assert.Equal(0, served.Server.Exports[0].SpilledBytes);
        isFull = true;
        byte[] noise = Pages.Of(1);
        int refused = 0;
        for (int i = 0; i < 20; i++)
        {
            // All but the first hundred bytes become noise: the page would take a frame, and is dropped for it.
            NbdError error = peer.Do(NbdCommand.Write, (i * PageBytes) + 100, PageBytes - 100, data: noise[100..]).Error;
            Assert.True(error is NbdError.None or NbdError.NoSpace, $"{error}");
            refused += error == NbdError.NoSpace ? 1 : 0;
            byte[] found = peer.ReadDisk(i * PageBytes, PageBytes);
            Assert.Equal(small[..100], found[..100]);
            Assert.Equal(error == NbdError.None ? noise[100..] : small[100..], found[100..]);
        }

        Assert.InRange(refused, 10, 20);
        isFull = false;
        peer.WriteDisk(19 * PageBytes, noise);
        Assert.Equal(noise, peer.ReadDisk(19 * PageBytes, PageBytes));
    }

    [Fact]
    public async Task One_that_spills_holds_everything_while_others_take_the_memory_and_give_it_back()
    {
        await using var served = new ServedDisks(
            new() { CapacityBytes = 2L << 20 },
            s_disk with { SpillPath = ServedDisks.Here, Compression = PageCompression.None });
        using TmemClient other = served.Host.CreateClient();
        using PersistentPool pool = other.CreatePersistentPool();
        using NbdPeer peer = served.Enter("disk");
        var model = new DiskModel(SizeBytes, 7);
        var random = new Random(7);
        for (int i = 0; i < 800; i++)
        {
            model.Step(peer);
            for (uint j = (uint)random.Next(60); j > 0; j--)
            {
                if (i / 100 % 2 == 0)
                {
                    pool.Put(1, (uint)random.Next(400), Pages.Of((ulong)i), 0, static (_, _, _) => { });
                }
                else
                {
                    pool.FlushPage(1, (uint)random.Next(400));
                }
            }
        }

        model.CompareAll(peer);
        Assert.Empty(served.Host.Verify());
    }

    [Fact]
    public async Task What_is_reserved_is_enough_for_pages_that_get_no_smaller_wherever_they_were_written_first()
    {
        // Pages that get smaller come first, go in part, and leave sparse memory behind; then all of the disk is noise.
        const long Size = 16 << 20;
        await using var served = new ServedDisks(
            new() { CapacityBytes = 20L << 20, CompressByDefault = true },
            s_disk with { SizeBytes = Size });
        using TmemClient other = served.Host.CreateClient();
        using EphemeralPool flood = other.CreateEphemeralPool();
        using NbdPeer peer = served.Enter("disk");
        var random = new Random(3);
        var page = new byte[PageBytes];
        for (int round = 0; round < 3; round++)
        {
            foreach (long number in Shuffled(random, Size / PageBytes))
            {
                Pages.FillMixed(page, (ulong)random.NextInt64());
                peer.WriteDisk(number * PageBytes, page);
                flood.TryPut(1, checked((uint)number), page);
            }

            foreach (long number in Shuffled(random, Size / PageBytes).Take(3000))
            {
                Assert.Equal(NbdError.None, peer.Do(NbdCommand.Trim, number * PageBytes, PageBytes).Error);
            }

            foreach (long number in Shuffled(random, Size / PageBytes))
            {
                peer.WriteDisk(number * PageBytes, Pages.Of((ulong)number + 1));
            }
        }

        for (long number = 0; number < Size / PageBytes; number++)
        {
            Assert.Equal(Pages.Of((ulong)number + 1), peer.ReadDisk(number * PageBytes, PageBytes));
        }

        ClientStatistics statistics = served.Host.Control.GetClients().Single(static client => client.Name == "disk disk").GetStatistics();
        Assert.InRange(statistics.PersistentBytes, Size, statistics.PersistentReservationBytes);
    }

    [Fact]
    public void A_host_that_has_not_got_the_worst_case_refuses_with_both_numbers()
    {
        using var host = new TmemHost(new() { CapacityBytes = 4L << 20 });
        using TmemClient before = host.CreateClient(new() { PersistentReservationBytes = 1 << 20 });
        var server = new NbdServer(host, new() { Exports = [s_disk], SocketPath = Path.Combine(Path.GetTempPath(), $"tmem-{Guid.NewGuid():N}.sock") });

        string message = Assert.Throws<InsufficientMemoryException>(server.Start).Message;

        Assert.Contains($"needs {PersistentDisk.WorstCaseBytes(host, SizeBytes):N0} bytes at worst", message, StringComparison.Ordinal);
        Assert.Contains($"can still promise {host.Store.UnreservedBytes:N0}", message, StringComparison.Ordinal);
        Assert.Single(host.Control.GetClients());
        Assert.False(File.Exists(server.Exports.Count > 0 ? "" : "none"));
    }

    [Fact]
    public async Task Without_a_spill_file_what_the_worst_case_takes_is_kept_from_others()
    {
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, s_disk);
        using TmemClient other = served.Host.CreateClient();
        using PersistentPool pool = other.CreatePersistentPool();
        for (uint i = 0; pool.Put(1, i, Pages.Of(i)) == PutResult.Stored; i++)
        {
        }

        using NbdPeer peer = served.Enter("disk");
        for (int i = 0; i < SizeBytes / PageBytes; i++)
        {
            peer.WriteDisk(i * PageBytes, Pages.Of((ulong)i));
        }

        Assert.Equal(Pages.Of(17), peer.ReadDisk(17 * PageBytes, PageBytes));
    }

    [Fact]
    public void One_that_is_prepared_is_empty_and_has_its_memory()
    {
        using var host = new TmemHost(new() { CapacityBytes = 16L << 20, CompressByDefault = true });
        using var disk = new PersistentDisk(host, s_disk, spill: null, mostPayloadBytes: 1 << 20);
        disk.Prepare();

        Assert.Equal(0, host.GetStatistics().Pages);
        Assert.Equal(SizeBytes, disk.ExtentOf(0, SizeBytes, out bool isHole));
        Assert.True(isHole);
        long committed = host.CommittedBytes;
        Assert.InRange(committed, SizeBytes, 16L << 20);
        var scratch = new PageScratch();
        for (int i = 0; i < SizeBytes / PageBytes; i++)
        {
            Assert.Equal(NbdError.None, disk.Write(i * PageBytes, Pages.Of((ulong)i), scratch));
        }

        Assert.Equal(committed, host.CommittedBytes);
    }

    [Fact]
    public async Task Extents_are_what_is_there()
    {
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, s_disk);
        using NbdPeer peer = served.Enter("disk");
        Assert.Equal([((uint)SizeBytes, 3u)], Extents(peer));

        peer.WriteDisk(3 * PageBytes, [.. Pages.Of(1), .. Pages.Of(2)]);
        peer.WriteDisk((100 * PageBytes) + 5, [1, 2, 3]);
        Assert.Equal(
            [(3 * PageBytes, 3u), (2 * PageBytes, 0u), (95 * PageBytes, 3u), (PageBytes, 0u), ((uint)SizeBytes - (101 * PageBytes), 3u)], Extents(peer));

        // Of zeros nothing is kept, but where that is asked for.
        peer.WriteDisk(3 * PageBytes, new byte[PageBytes]);
        peer.WriteDisk(100 * PageBytes, new byte[100]);
        peer.Do(NbdCommand.WriteZeroes, 200 * PageBytes, 2 * PageBytes, NbdCommandFlags.NoHole);
        Assert.Equal(
            [(4 * PageBytes, 3u), (PageBytes, 0u), (195 * PageBytes, 3u), (2 * PageBytes, 0u), ((uint)SizeBytes - (202 * PageBytes), 3u)], Extents(peer));

        // A trim of half a page leaves it.
        peer.Do(NbdCommand.Trim, (4 * PageBytes) + 1, PageBytes - 1);
        Assert.Equal(Pages.Of(2), peer.ReadDisk(4 * PageBytes, PageBytes));
        peer.Do(NbdCommand.Trim, 0, SizeBytes);
        Assert.Equal([((uint)SizeBytes, 3u)], Extents(peer));
        Assert.Equal(0, served.Host.GetStatistics().Pages);
        Assert.Equal(NbdError.NotSupported, peer.Do(NbdCommand.WriteZeroes, 0, PageBytes, NbdCommandFlags.NoHole | NbdCommandFlags.FastZero).Error);
    }

    [Fact]
    public async Task A_read_of_nothing_kept_comes_as_a_hole_and_in_one_piece_where_that_is_asked_for()
    {
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, s_disk);
        using NbdPeer peer = served.Enter("disk");
        peer.WriteDisk(PageBytes, Pages.Of(1));

        NbdAnswer pieces = peer.Do(NbdCommand.Read, 0, 4 << 20);
        Assert.Equal((3, (4 << 20) - PageBytes), (pieces.Chunks, pieces.HoleBytes));
        NbdAnswer one = peer.Do(NbdCommand.Read, 0, 65_536, NbdCommandFlags.DontFragment);
        Assert.Equal((1, 0), (one.Chunks, one.HoleBytes));
        Assert.Equal(NbdError.Overflow, peer.Do(NbdCommand.Read, 0, 1 << 20, NbdCommandFlags.DontFragment).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_cannot_be_is_answered_and_the_connection_goes_on(bool isStructured)
    {
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, s_disk);
        using NbdPeer peer = served.Enter("disk", isStructured);
        peer.WriteDisk(0, Pages.Of(1));
        (NbdError Error, NbdCommand Command, long Offset, long Length, NbdCommandFlags Flags)[] wrong =
        [
            (NbdError.Invalid, NbdCommand.Read, SizeBytes - 1, 2, 0),
            (NbdError.Invalid, NbdCommand.Read, -1, 1, 0),
            (NbdError.Invalid, NbdCommand.Read, -1, 2, 0),
            (NbdError.Invalid, NbdCommand.Read, long.MinValue, uint.MaxValue, 0),
            (NbdError.Invalid, NbdCommand.Read, 0, (32 << 20) + 1L, 0),
            (NbdError.Invalid, NbdCommand.Trim, SizeBytes, 1, 0),
            (NbdError.Invalid, NbdCommand.Cache, SizeBytes, 1, 0),
            (NbdError.Invalid, NbdCommand.Flush, 0, 1, 0),
            (NbdError.Invalid, NbdCommand.Flush, 1, 0, 0),
            (NbdError.Invalid, NbdCommand.BlockStatus, 0, 0, 0),
            (NbdError.Invalid, NbdCommand.BlockStatus, SizeBytes, 1, 0),
            (NbdError.Invalid, (NbdCommand)8, 0, 1, 0),
            (NbdError.Invalid, (NbdCommand)0xffff, 0, 1, 0),
            (NbdError.Invalid, NbdCommand.Read, 0, 1, NbdCommandFlags.NoHole),
            (NbdError.Invalid, NbdCommand.Read, 0, 1, (NbdCommandFlags)0x8000),
            (NbdError.NoSpace, NbdCommand.WriteZeroes, 1, SizeBytes, 0),
        ];
        Assert.All(wrong, one => Assert.Equal(one.Error, peer.Do(one.Command, one.Offset, one.Length, one.Flags).Error));
        Assert.Equal(isStructured ? NbdError.None : NbdError.Invalid, peer.Do(NbdCommand.Read, 0, 1, NbdCommandFlags.DontFragment).Error);
        Assert.Equal(isStructured ? NbdError.None : NbdError.Invalid, peer.Do(NbdCommand.BlockStatus, 0, 1).Error);

        // What was to be written is taken away all the same.
        Assert.Equal(NbdError.NoSpace, peer.Do(NbdCommand.Write, SizeBytes - 1, 5000, data: new byte[5000]).Error);
        Assert.Equal(NbdError.Invalid, peer.Do(NbdCommand.Write, 0, 5000, NbdCommandFlags.DontFragment, new byte[5000]).Error);
        Assert.Equal(Pages.Of(1), peer.ReadDisk(0, PageBytes));
        Assert.Equal(NbdError.None, peer.Do(NbdCommand.Read, SizeBytes, 0).Error);
        Assert.Equal(NbdError.None, peer.Do(NbdCommand.Write, 0, 0, data: []).Error);
        Assert.Equal(NbdError.None, peer.Do(NbdCommand.Cache, 0, SizeBytes).Error);
        Assert.Equal(NbdError.None, peer.Do(NbdCommand.Flush, 0, 0, NbdCommandFlags.ForceUnitAccess).Error);
    }

    [Fact]
    public async Task Pages_that_an_operator_has_taken_away_do_not_read_as_zeros()
    {
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, s_disk);
        using NbdPeer peer = served.Enter("disk");
        using NbdPeer old = served.Enter("disk", isStructured: false);
        peer.WriteDisk(0, Pages.Of(1));
        served.Host.Control.Destroy(served.Host.Control.GetClients().Single());

        Assert.Equal(NbdError.InputOutput, peer.Do(NbdCommand.Read, 0, PageBytes).Error);
        Assert.Equal(NbdError.InputOutput, old.Do(NbdCommand.Read, 0, PageBytes).Error);
        Assert.Equal(NbdError.InputOutput, peer.Do(NbdCommand.Write, 0, PageBytes, data: Pages.Of(2)).Error);
        Assert.Equal(NbdError.InputOutput, peer.Do(NbdCommand.Trim, 0, PageBytes).Error);
        Assert.Equal(NbdError.InputOutput, peer.Do(NbdCommand.Write, 1, 1, data: [1]).Error);
        Assert.Equal(NbdError.None, peer.Do(NbdCommand.Read, PageBytes, PageBytes).Error);
    }

    [Fact]
    public async Task A_frozen_disk_has_no_room_for_new_pages_and_keeps_the_others()
    {
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, s_disk, s_disk with { Name = "spilling", SpillPath = ServedDisks.Here });
        using NbdPeer peer = served.Enter("disk");
        using NbdPeer spilling = served.Enter("spilling");
        peer.WriteDisk(0, Pages.Of(1));
        served.Host.Control.FreezeAll();

        Assert.Equal(NbdError.NoSpace, peer.Do(NbdCommand.Write, PageBytes, PageBytes, data: Pages.Of(2)).Error);
        peer.WriteDisk(10, [5]);
        spilling.WriteDisk(PageBytes, Pages.Of(3));
        served.Host.Control.ThawAll();

        Assert.Equal(5, peer.ReadDisk(10, 1)[0]);
        Assert.Equal(Pages.Of(3), spilling.ReadDisk(PageBytes, PageBytes));
        spilling.WriteDisk(PageBytes, Pages.Of(4));
        Assert.Equal(Pages.Of(4), spilling.ReadDisk(PageBytes, PageBytes));
    }

    [Fact]
    public async Task Every_page_is_whole_for_all_who_read_and_write_it_at_once()
    {
        // Writers fill a page with one value, others a part of it with another: a page has one value, and the part the same or that other.
        await using var served = new ServedDisks(
            new() { CapacityBytes = 16L << 20 },
            s_disk with { SpillPath = ServedDisks.Here, AllowanceBytes = 100 << 10 });
        const int Pages = 90;
        int rounds = 300;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(number => Task.Factory.StartNew(
            () =>
            {
                using NbdPeer peer = served.Enter("disk", isStructured: number % 2 == 0);
                var random = new Random(number);
                for (int i = 0; i < rounds; i++)
                {
                    int page = random.Next(Pages);
                    int count = Math.Min(random.Next(1, 5), Pages - page);
                    byte value = (byte)random.Next(256);
                    switch (random.Next(4))
                    {
                        case 0:
                            peer.WriteDisk(page * PageBytes, [.. Enumerable.Repeat(value, count * PageBytes)]);
                            break;
                        case 1:
                            peer.WriteDisk((page * PageBytes) + 1000, [.. Enumerable.Repeat(value, 1000)]);
                            break;
                        case 2:
                            peer.Do(NbdCommand.WriteZeroes, page * PageBytes, count * PageBytes);
                            break;
                        default:
                            RequireWhole(peer.ReadDisk(page * PageBytes, count * PageBytes));
                            break;
                    }
                }
            },
            TaskCreationOptions.LongRunning)));
        Assert.Empty(served.Host.Verify());
    }

    [Fact]
    public async Task Many_clients_at_once_keep_what_is_theirs()
    {
        const int Clients = 60;
        const int PartBytes = 21 * 4096 - 100;
        NbdExportOptions[] exports =
        [
            s_disk,
            s_disk with { Name = "spilling", SpillPath = ServedDisks.Here, AllowanceBytes = 1 << 20 },
            new GatedCacheOptions { Name = "cache", Backing = new GatedBacking((int)SizeBytes) },
        ];
        await using var served = new ServedDisks(new() { CapacityBytes = 16L << 20, CompressByDefault = true }, exports);
        using var all = new Barrier(Clients);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(number => Task.Factory.StartNew(
            () =>
            {
                using NbdPeer peer = served.Enter(exports[number % 3].Name, isStructured: number % 2 == 0);
                all.SignalAndWait();
                var data = new byte[PartBytes];
                var random = new Random(number);
                for (int i = 0; i < 20; i++)
                {
                    random.NextBytes(data.AsSpan(0, random.Next(PartBytes)));
                    peer.WriteDisk(number * PartBytes, data);
                    Assert.True(peer.ReadDisk(number * PartBytes, PartBytes).AsSpan().SequenceEqual(data));
                }
            },
            TaskCreationOptions.LongRunning)));
        Assert.Empty(served.Host.Verify());
    }

    [Fact]
    public async Task Many_requests_at_once_are_answered_in_turn()
    {
        await using var served = new ServedDisks(new() { CapacityBytes = 64L << 20 }, s_disk);
        using NbdPeer peer = served.Enter("disk", isStructured: false);
        var cookies = new Queue<ulong>();
        for (int i = 0; i < 200; i++)
        {
            cookies.Enqueue(peer.Send(NbdCommand.Write, i * PageBytes, PageBytes, data: Pages.Of((ulong)i)));
            cookies.Enqueue(peer.Send(NbdCommand.Flush, 0, 0));
        }

        while (cookies.TryDequeue(out ulong cookie))
        {
            (ulong answered, NbdAnswer answer) = peer.Receive();
            Assert.Equal((cookie, NbdError.None), (answered, answer.Error));
        }

        byte[] all = peer.ReadDisk(0, 200 * PageBytes);
        for (int i = 0; i < 200; i++)
        {
            Assert.True(all.AsSpan(i * PageBytes, PageBytes).SequenceEqual(Pages.Of((ulong)i)));
        }
    }

    [Fact]
    public async Task Its_pages_go_when_the_server_ends_and_its_spill_file_has_no_name()
    {
        var served = new ServedDisks(new() { CapacityBytes = 16L << 20 }, s_disk, s_disk with { Name = "spilling", SpillPath = ServedDisks.Here + "/spill" });
        using NbdPeer peer = served.Enter("disk");
        peer.WriteDisk(0, Pages.Of(1));
        Assert.Equal(["nbd.sock"], Directory.GetFileSystemEntries(served.Folder).Select(Path.GetFileName));
        Assert.Equal(["disk", "spilling"], served.Server.Exports.Select(static export => export.Name));
        Assert.Contains("reserved", served.Server.Exports[0].Description, StringComparison.Ordinal);
        Assert.Contains("spill file", served.Server.Exports[1].Description, StringComparison.Ordinal);

        await served.Server.DisposeAsync();

        peer.ReadToEnd();
        Assert.Empty(served.Host.Control.GetClients());
        Assert.Empty(Directory.GetFileSystemEntries(served.Folder));
        await served.DisposeAsync();
    }

    private static void RequireWhole(byte[] pages)
    {
        for (int i = 0; i < pages.Length; i += PageBytes)
        {
            ReadOnlySpan<byte> page = pages.AsSpan(i, PageBytes);
            Assert.False(page[..1000].ContainsAnyExcept(page[0]));
            Assert.False(page[2000..].ContainsAnyExcept(page[0]));
            Assert.False(page[1000..2000].ContainsAnyExcept(page[1000]));
        }
    }

    private static List<(uint Length, uint Flags)> Extents(NbdPeer peer) => peer.Do(NbdCommand.BlockStatus, 0, SizeBytes).Extents;

    private static long[] Shuffled(Random random, long count)
    {
        long[] numbers = [.. Enumerable.Range(0, (int)count).Select(static number => (long)number)];
        random.Shuffle(numbers);
        return numbers;
    }
}
