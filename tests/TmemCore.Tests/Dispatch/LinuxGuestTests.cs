using System.Buffers.Binary;
using TmemCore.Abi;
using TmemCore.Dispatch;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Dispatch;

/// <summary>
/// The habits of the guest there was: the Linux driver's streams of calls, for file caches and for swap, and what the host
/// owes it. To the driver 1 is success and anything else is not; a 1 that is stale would corrupt its data.
/// </summary>
public sealed class LinuxGuestTests : IDisposable
{
    private const ulong Frame = 0x100;
    private const int SubObjects = 16;
    private const int AllowedPages = 512;

    private readonly TmemHost _host = new(Hosts.Small with
    {
        Profile = TmemProfile.Xen,
        CapacityBytes = 32 * Hosts.Mebibyte,
        RequireSharedAuthorization = true,
    });

    private readonly TmemDispatcher _dispatcher;
    private readonly GuestMemory _memory = new();
    private readonly byte[] _page = new byte[TmemPool.PageBytes];
    private readonly GuestRegistration _registration;

    public LinuxGuestTests()
    {
        _dispatcher = new TmemDispatcher(
            _host, new TmemClientOptions { PersistentAllowanceBytes = AllowedPages * TmemPool.PageBytes });
        _registration = _memory.Register(Frame, _page, GuestAccess.ReadWrite);
    }

    public static TheoryData<AbiWordSize> Widths => [AbiWordSize.Bits64, AbiWordSize.Bits32];

    public void Dispose()
    {
        Assert.Empty(_host.Verify());
        _registration.Dispose();
        _host.Dispose();
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Mounts_at_boot_leave_garbage_in_fields_they_do_not_use(AbiWordSize width)
    {
        InProcessPort port = PortOf(1, width);
        var random = new Random(1);
        for (int mount = 0; mount < 4; mount++)
        {
            var op = new byte[TmemOp.SizeOf(port.Abi)];
            random.NextBytes(op);
            BinaryPrimitives.WriteUInt32LittleEndian(op, NewPoolOp.Number);
            op.AsSpan(8, 16).Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(op.AsSpan(24), HypercallClient.EphemeralPool);
            Assert.Equal(mount, port.Call(HypercallNumber.TmemOp, op));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_cold_cache_misses_thousands_of_times_first_as_empty_then_as_absent(AbiWordSize width)
    {
        GuestOps.Caller<OpPort> guest = GuestOf(1, width);
        int pool = Mount(guest);
        for (uint i = 0; i < 3000; i++)
        {
            Assert.Equal(-Errno.EEMPTY, Get(guest, pool, Inode(5), i));
        }

        Assert.Equal(1, Put(guest, pool, Inode(5), 7, 7));
        for (uint i = 3000; i < 6000; i++)
        {
            Assert.Equal(0, Get(guest, pool, Inode(5), i));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_file_read_again_finds_each_page_once_and_then_no_more(AbiWordSize width)
    {
        GuestOps.Caller<OpPort> guest = GuestOf(1, width);
        int pool = Mount(guest);
        for (uint i = 0; i < 200; i++)
        {
            Assert.Equal(1, Put(guest, pool, Inode(5), i, i));
        }

        for (uint i = 0; i < 200; i++)
        {
            RequireHit(guest, pool, Inode(5), i, i);
            Assert.Equal(i == 199 ? -Errno.EEMPTY : 0, Get(guest, pool, Inode(5), i));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_page_dirtied_or_evicted_twice_is_never_found_stale(AbiWordSize width)
    {
        GuestOps.Caller<OpPort> guest = GuestOf(1, width);
        int pool = Mount(guest);
        Assert.Equal(1, Put(guest, pool, Inode(5), 1, 10));
        Assert.Equal(1, Flush(guest, pool, Inode(5), 1));
        Assert.NotEqual(1, Get(guest, pool, Inode(5), 1));

        Assert.Equal(1, Put(guest, pool, Inode(5), 2, 20));
        Assert.Equal(1, Put(guest, pool, Inode(5), 2, 21));
        RequireHit(guest, pool, Inode(5), 2, 21);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Deleting_a_tree_flushes_every_inode_whether_or_not_it_had_pages(AbiWordSize width)
    {
        GuestOps.Caller<OpPort> guest = GuestOf(1, width);
        int pool = Mount(guest);
        for (uint i = 0; i < 10; i++)
        {
            Assert.Equal(1, Put(guest, pool, Inode(1), i, i));
        }

        for (ulong inode = 1; inode < 500; inode++)
        {
            Assert.Equal(1, FlushObject(guest, pool, Inode(inode)));
        }

        Assert.Equal(-Errno.EEMPTY, Get(guest, pool, Inode(1), 0));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_swap_storm_stops_at_the_allowance_and_all_that_was_taken_can_be_read(AbiWordSize width)
    {
        GuestOps.Caller<OpPort> guest = GuestOf(1, width);
        int pool = SwapOn(guest);
        List<uint> stored = [];
        for (uint offset = 0; offset < AllowedPages + 300; offset++)
        {
            long answer = Put(guest, pool, Swap(0, offset), offset / SubObjects, offset);
            Assert.True(answer is 1 or -Errno.ENOMEM, $"Offset {offset} answered {answer}.");
            if (answer == 1)
            {
                stored.Add(offset);
            }
        }

        Assert.InRange(stored.Count, 1, AllowedPages);
        Assert.Equal(Enumerable.Range(0, stored.Count).Select(static i => (uint)i), stored);
        for (int round = 0; round < 2; round++)
        {
            stored.ForEach(offset => RequireHit(guest, pool, Swap(0, offset), offset / SubObjects, offset));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_swap_slot_used_again_holds_the_new_page_or_none(AbiWordSize width)
    {
        GuestOps.Caller<OpPort> guest = GuestOf(1, width);
        int pool = SwapOn(guest);
        uint offset = 0;
        while (Put(guest, pool, Swap(0, offset), offset / SubObjects, offset) == 1)
        {
            offset++;
        }

        for (uint slot = 0; slot < offset; slot++)
        {
            long answer = Put(guest, pool, Swap(0, slot), slot / SubObjects, slot + 100_000);
            if (answer == 1)
            {
                RequireHit(guest, pool, Swap(0, slot), slot / SubObjects, slot + 100_000);
            }
            else
            {
                Assert.Equal(0, Get(guest, pool, Swap(0, slot), slot / SubObjects));
            }
        }

        // A frame that cannot be read makes the replacement fail, and the old page goes with it.
        long failed = guest.PutPage(new PutPageOp { PoolId = pool, Object = Swap(0, 0), Index = 0, Frame = 0x999 });
        Assert.Equal(-Errno.EFAULT, failed);
        Assert.Equal(0, Get(guest, pool, Swap(0, 0), 0));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Swapoff_flushes_sixteen_objects_and_leaves_the_other_device_alone(AbiWordSize width)
    {
        GuestOps.Caller<OpPort> guest = GuestOf(1, width);
        int pool = SwapOn(guest);
        for (uint offset = 0; offset < 100; offset++)
        {
            Assert.Equal(1, Put(guest, pool, Swap(0, offset), offset / SubObjects, offset));
            Assert.Equal(1, Put(guest, pool, Swap(1, offset), offset / SubObjects, offset + 1000));
        }

        for (uint sub = SubObjects; sub-- > 0;)
        {
            Assert.Equal(1, FlushObject(guest, pool, Swap(0, sub)));
        }

        for (uint offset = 0; offset < 100; offset++)
        {
            Assert.Equal(0, Get(guest, pool, Swap(0, offset), offset / SubObjects));
            RequireHit(guest, pool, Swap(1, offset), offset / SubObjects, offset + 1000);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void After_an_unmount_the_pool_is_no_more(AbiWordSize width)
    {
        GuestOps.Caller<OpPort> guest = GuestOf(1, width);
        int pool = Mount(guest);
        Assert.Equal(1, Put(guest, pool, Inode(5), 1, 1));
        Assert.Equal(1, guest.DestroyPool(new DestroyPoolOp { PoolId = pool }));
        Assert.Equal(-Errno.ENODEV, Get(guest, pool, Inode(5), 1));
        Assert.Equal(-Errno.ENODEV, Put(guest, pool, Inode(5), 1, 1));
        Assert.Equal(-Errno.ENODEV, FlushObject(guest, pool, Inode(5)));
        Assert.Equal(pool, Mount(guest));
        Assert.Equal(-Errno.EEMPTY, Get(guest, pool, Inode(5), 1));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Nodes_of_a_cluster_that_are_granted_a_uuid_see_each_others_pages_and_flushes(AbiWordSize width)
    {
        var uuid = new PoolUuid(0x1122_3344_5566_7788, 0x99aa_bbcc_ddee_ff00);
        GuestOps.Caller<OpPort>[] nodes = [GuestOf(1, width), GuestOf(2, AbiWordSize.Bits64), GuestOf(3, width)];
        int[] pools = [.. nodes.Select((node, i) =>
        {
            // A first call makes the client, to which the grant is given; the third is given none.
            Assert.Equal(-Errno.ENODEV, Get(node, 0, Inode(1), 0));
            long granted = i == 2 ? 1 : _dispatcher.Authorize(i + 1, uuid, 1);
            Assert.Equal(1, granted);
            return (int)node.NewPool(new NewPoolOp { Uuid = uuid, Flags = TmemPoolFlags.Version1 | TmemPoolFlags.Shared });
        })];
        Assert.Equal(1, Put(nodes[0], pools[0], Inode(5), 1, 10));
        Assert.Equal(1, Put(nodes[1], pools[1], Inode(5), 2, 20));
        RequireHit(nodes[1], pools[1], Inode(5), 1, 10);
        RequireHit(nodes[0], pools[0], Inode(5), 1, 10);
        RequireHit(nodes[0], pools[0], Inode(5), 2, 20);
        Assert.Equal(-Errno.EEMPTY, Get(nodes[2], pools[2], Inode(5), 1));
        Assert.Equal(1, Flush(nodes[1], pools[1], Inode(5), 1));
        Assert.Equal(0, Get(nodes[0], pools[0], Inode(5), 1));
        Assert.Equal(1, FlushObject(nodes[0], pools[0], Inode(5)));
        Assert.Equal(-Errno.EEMPTY, Get(nodes[1], pools[1], Inode(5), 2));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void While_it_migrates_puts_are_refused_flushes_act_and_gets_go_on(AbiWordSize width)
    {
        GuestOps.Caller<OpPort> guest = GuestOf(1, width);
        int pool = SwapOn(guest);
        Assert.Equal(1, Put(guest, pool, Swap(0, 1), 0, 1));
        Assert.Equal(1, Put(guest, pool, Swap(0, 2), 0, 2));
        Assert.Equal(0, _dispatcher.Control((int)FreezeOp.Number, -1, 1, 0));
        Assert.Equal(-Errno.EFROZEN, Put(guest, pool, Swap(0, 3), 0, 3));
        Assert.Equal(-Errno.EFROZEN, Flush(guest, pool, Swap(0, 1), 0));
        Assert.Equal(0, Get(guest, pool, Swap(0, 1), 0));
        RequireHit(guest, pool, Swap(0, 2), 0, 2);
        Assert.Equal(0, _dispatcher.Control((int)ThawOp.Number, -1, 1, 0));
        Assert.Equal(1, Put(guest, pool, Swap(0, 3), 0, 3));
    }

    private static int Mount(GuestOps.Caller<OpPort> guest) =>
        (int)guest.NewPool(new NewPoolOp { Flags = TmemPoolFlags.Version1 });

    private static int SwapOn(GuestOps.Caller<OpPort> guest) =>
        (int)guest.NewPool(new NewPoolOp { Flags = TmemPoolFlags.Version1 | TmemPoolFlags.Persistent });

    private static ObjectId Inode(ulong number) => new(number);

    /// <summary>Neighbouring slots of a swap device lie in sixteen objects.</summary>
    private static ObjectId Swap(uint type, uint offset) => new((type << 4) | (offset % SubObjects));

    private static long Flush(GuestOps.Caller<OpPort> guest, int pool, ObjectId id, uint index) =>
        guest.FlushPage(new FlushPageOp { PoolId = pool, Object = id, Index = index });

    private static long FlushObject(GuestOps.Caller<OpPort> guest, int pool, ObjectId id) =>
        guest.FlushObject(new FlushObjectOp { PoolId = pool, Object = id });

    private InProcessPort PortOf(int client, AbiWordSize width) =>
        new(_dispatcher, client, _memory, new InProcessPortOptions { WordSize = width });

    private GuestOps.Caller<OpPort> GuestOf(int client, AbiWordSize width) =>
        new(new TmemAbi(AbiGeneration.V1Hypercall, width), new OpPort(PortOf(client, width)));

    private long Put(GuestOps.Caller<OpPort> guest, int pool, ObjectId id, uint index, ulong content)
    {
        Pages.Fill(_page, content);
        return guest.PutPage(new PutPageOp { PoolId = pool, Object = id, Index = index, Frame = Frame });
    }

    private long Get(GuestOps.Caller<OpPort> guest, int pool, ObjectId id, uint index)
    {
        _page.AsSpan().Fill(0xee);
        long answer = guest.GetPage(new GetPageOp { PoolId = pool, Object = id, Index = index, Frame = Frame });
        Assert.True(answer == 1 || !_page.AsSpan().ContainsAnyExcept((byte)0xee), "A miss has written to the page.");
        return answer;
    }

    private void RequireHit(GuestOps.Caller<OpPort> guest, int pool, ObjectId id, uint index, ulong content)
    {
        Assert.Equal(1, Get(guest, pool, id, index));
        Assert.Equal(Pages.Of(content), _page);
    }
}
