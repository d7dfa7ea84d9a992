using TmemCore.Abi;
using TmemCore.Dispatch;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Dispatch;

public sealed class InProcessPortTests : IDisposable
{
    private const ulong Frame = 0x100;
    private const ulong ReadOnlyFrame = 0x180;
    private const ulong AbsentFrame = 0x999;
    private const ulong Buffer = 0x102 * (ulong)TmemPool.PageBytes;
    private const uint Last = 0x12;

    private readonly TmemHost _host = new(Hosts.Small with { Profile = TmemProfile.Xen, CapacityBytes = 16 * Hosts.Mebibyte });
    private readonly TmemDispatcher _dispatcher;
    private readonly GuestMemory _memory = new();
    private readonly byte[] _frames = new byte[20 * TmemPool.PageBytes];
    private readonly GuestRegistration[] _registrations;

    public InProcessPortTests()
    {
        _dispatcher = new TmemDispatcher(_host);
        _registrations =
        [
            _memory.Register(Frame, _frames, GuestAccess.ReadWrite),
            _memory.Register(ReadOnlyFrame, new byte[TmemPool.PageBytes], GuestAccess.ReadOnly),
        ];
    }

    public static TheoryData<AbiGeneration, AbiWordSize> Abis()
    {
        var data = new TheoryData<AbiGeneration, AbiWordSize>();
        foreach (TmemAbi abi in TmemAbi.All())
        {
            data.Add(abi.Generation, abi.WordSize);
        }

        return data;
    }

    public void Dispose()
    {
        Array.ForEach(_registrations, static registration => registration.Dispose());
        _host.Dispose();
    }

    [Theory]
    [MemberData(nameof(Abis))]
    public void A_page_goes_in_and_out_in_every_layout(AbiGeneration generation, AbiWordSize wordSize)
    {
        GuestOps.Caller<Ops> guest = Guest(1, generation, wordSize);
        Pages.Fill(Page(0), 42);
        Assert.Equal(0, guest.NewPool(new NewPoolOp { Flags = Flags(generation, TmemPoolFlags.Persistent) }));
        Assert.Equal(1, guest.PutPage(new PutPageOp { Object = 7, Index = 9, Frame = Frame }));
        Assert.Equal(1, guest.GetPage(new GetPageOp { Object = 7, Index = 9, Frame = Frame + 1 }));
        Assert.Equal(Pages.Of(42), Page(1).ToArray());
        Assert.Equal(1, guest.FlushPage(new FlushPageOp { Object = 7, Index = 9 }));
        Assert.Equal(-Errno.EEMPTY, guest.GetPage(new GetPageOp { Object = 7, Index = 9, Frame = Frame + 1 }));
        Assert.Equal(1, guest.DestroyPool(new DestroyPoolOp()));
        long again = generation == AbiGeneration.V0May2009 ? -Errno.ENODEV : 0;
        Assert.Equal(again, guest.DestroyPool(new DestroyPoolOp()));
    }

    [Fact]
    public void A_bad_frame_is_looked_at_only_when_a_page_is_copied()
    {
        GuestOps.Caller<Ops> guest = Guest(1);
        Assert.Equal(0, guest.NewPool(new NewPoolOp { Flags = TmemPoolFlags.Version1 }));
        Assert.Equal(-Errno.EFAULT, guest.PutPage(new PutPageOp { Object = 1, Frame = AbsentFrame }));
        Assert.Equal(1, guest.PutPage(new PutPageOp { Object = 1, Frame = ReadOnlyFrame }));
        Assert.Equal(0, guest.GetPage(new GetPageOp { Object = 2, Frame = AbsentFrame }));
        Assert.Equal(-Errno.EFAULT, guest.GetPage(new GetPageOp { Object = 1, Frame = ReadOnlyFrame }));
        Assert.Equal(1, guest.GetPage(new GetPageOp { Object = 1, Frame = Frame }));
        Assert.Equal(1, guest.PutPage(new PutPageOp { Object = 1, Frame = Frame }));
        Assert.Equal(-Errno.EFAULT, guest.PutPage(new PutPageOp { Object = 1, Frame = AbsentFrame }));
        Assert.Equal(-Errno.EEMPTY, guest.GetPage(new GetPageOp { Object = 1, Frame = Frame }));
    }

    [Theory]
    [InlineData(AbiGeneration.V0May2009)]
    [InlineData(AbiGeneration.V0Aug2009)]
    public void Parts_of_pages_move_in_the_generations_of_2009(AbiGeneration generation)
    {
        GuestOps.Caller<Ops> guest = Guest(1, generation);
        guest.NewPool(new NewPoolOp { Flags = TmemPoolFlags.Persistent | TmemPoolFlags.ReservedMask | TmemPoolFlags.Precompressed });
        Assert.Equal(-Errno.EPERM, guest.NewPool(new NewPoolOp { Flags = TmemPoolFlags.Version1 }));
        Page(0).Fill(0xaa);
        Assert.Equal(1, guest.Write(new WriteOp { Object = 1, TmemOffset = 100, FrameOffset = 8, Length = 50, Frame = Frame }));
        Assert.Equal(1, guest.GetPage(new GetPageOp { Object = 1, Frame = Frame + 1 }));
        byte[] expected = new byte[TmemPool.PageBytes];
        expected.AsSpan(100, 50).Fill(0xaa);
        Assert.Equal(expected, Page(1).ToArray());

        Page(1).Fill(0x55);
        Assert.Equal(1, guest.Read(new ReadOp { Object = 1, TmemOffset = 149, FrameOffset = 4094, Length = 2, Frame = Frame + 1 }));
        Assert.Equal([0x55, 0xaa, 0], Page(1)[4093..].ToArray());
        Assert.Equal(1, guest.Read(new ReadOp { Object = 1, Frame = AbsentFrame }));

        Assert.Equal(-Errno.EINVAL, guest.Read(new ReadOp { Object = 1, TmemOffset = 4000, Length = 97, Frame = Frame }));
        Assert.Equal(0, guest.Read(new ReadOp { Object = 2, Length = uint.MaxValue, Frame = AbsentFrame }));
        Assert.Equal(-Errno.EINVAL, guest.Write(new WriteOp { Object = 1, FrameOffset = uint.MaxValue, Length = 1, Frame = Frame }));
        Assert.Equal(-Errno.EEMPTY, guest.Read(new ReadOp { Object = 1, Frame = Frame }));

        Assert.Equal(1, guest.NewPage(new NewPageOp { Object = 3 }));
        Page(1).Fill(0x55);
        Assert.Equal(1, guest.GetPage(new GetPageOp { Object = 3, Frame = Frame + 1 }));
        Assert.Equal(-1, Page(1).IndexOfAnyExcept((byte)0));
        Assert.Equal(0, guest.Xchg(new XchgOp { Object = 3, Frame = Frame }));
        Assert.Equal(-Errno.ENODEV, guest.Xchg(new XchgOp { PoolId = 5 }));
    }

    [Fact]
    public void What_later_generations_dropped_is_answered_as_they_did()
    {
        GuestOps.Caller<Ops> guest = Guest(1);
        Assert.Equal(-Errno.ENODEV, guest.NewPage(new NewPageOp()));
        guest.NewPool(new NewPoolOp { Flags = TmemPoolFlags.Version1 });
        Assert.Equal(-Errno.ENOSYS, guest.NewPage(new NewPageOp()));
        Assert.Equal(-Errno.ENOSYS, guest.Read(new ReadOp()));
        Assert.Equal(-Errno.ENOSYS, guest.Write(new WriteOp()));
        Assert.Equal(-Errno.ENOSYS, guest.Xchg(new XchgOp()));
        const TmemPoolFlags Both = TmemPoolFlags.Version1 | TmemPoolFlags.Persistent | TmemPoolFlags.Shared;
        Assert.Equal(1, guest.NewPool(new NewPoolOp { Flags = Both }));
        Assert.Equal(-Errno.EPERM, Guest(1, AbiGeneration.V1Sysctl46).NewPool(new NewPoolOp { Flags = Both }));
    }

    [Theory]
    [InlineData(0x0Cu, true)]
    [InlineData(0x0Eu, true)]
    [InlineData(0x0Fu, false)]
    [InlineData(0x12u, false)]
    public void Grants_and_restored_pools_moved_to_control_with_the_interface_of_4_9(uint version, bool isCommand)
    {
        AbiGeneration generation = XenSysctl.GenerationOf(version);
        var abi = new TmemAbi(generation);
        Guest(1).NewPool(new NewPoolOp { Flags = TmemPoolFlags.Version1 });
        var port = new InProcessPort(
            _dispatcher,
            0,
            _memory,
            new InProcessPortOptions { Generation = generation, InterfaceVersion = version, IsPrivileged = true });
        var guest = new GuestOps.Caller<OpPort>(abi, new OpPort(port));
        Assert.Equal(isCommand ? 1 : -Errno.EOPNOTSUPP, guest.Auth(new AuthOp { ClientId = 1, Uuid = new PoolUuid(1, 2), Flags = 1 }));
        long restored = guest.RestoreNew(new RestoreNewOp { ClientId = 1, PoolId = 5, Flags = TmemPoolFlags.Version1 });
        Assert.Equal(isCommand ? 5 : -Errno.EOPNOTSUPP, restored);
        if (generation == AbiGeneration.V1Sysctl46)
        {
            return;
        }

        var control = new HypercallControl(port, ControlInterface.Sysctl(version), HypercallBufferPool.Shared, _memory);
        var record = new byte[XenTmemPoolInfo.MaxSize];
        new XenTmemPoolInfo { Id = 6, Flags = TmemPoolFlags.Version1 }.Write(abi, record);
        Assert.Equal(isCommand ? -Errno.EPERM : 6, control.Control(-1, ControlSubOp.SetPools, 1, 32, 0, default(ObjectId), record));
        Assert.Equal(isCommand ? -Errno.EPERM : 1, control.Control(-1, ControlSubOp.SetAuthorization, 1, 32, 0, default(ObjectId), record));
        Assert.Equal(1, control.Authorize(1, new PoolUuid(3, 4), isGranted: true));
    }

    [Theory]
    [InlineData(AbiGeneration.V1Hypercall, 3)]
    [InlineData(AbiGeneration.V1Sysctl46, 0)]
    [InlineData(AbiGeneration.V1Sysctl48, 0)]
    public void Pages_restored_and_flushed_by_sysctl_do_not_count_as_operations_of_a_guest(AbiGeneration generation, int counted)
    {
        Guest(1).NewPool(new NewPoolOp { Flags = TmemPoolFlags.Version1 | TmemPoolFlags.Persistent });
        var port = new InProcessPort(_dispatcher, 0, _memory, new InProcessPortOptions { Generation = generation, IsPrivileged = true });
        var control = new HypercallControl(port, ControlInterface.Detect(port), HypercallBufferPool.Shared, _memory);
        (int total, int errors) before = Operations();
        Assert.Equal(1, control.Control(0, ControlSubOp.RestorePutPage, 1, 4096, 3, new ObjectId(7), new byte[4096]));
        Assert.Equal(1, control.Control(0, ControlSubOp.RestoreFlushPage, 1, 0, 3, new ObjectId(7), []));
        Assert.Equal(-Errno.EPERM, control.Control(1, ControlSubOp.RestoreFlushPage, 1, 0, 3, new ObjectId(7), []));
        Assert.Equal((before.total + counted, before.errors + (counted / 3)), Operations());
    }

    [Fact]
    public void An_envelope_is_checked_in_the_order_of_the_original()
    {
        var op = new XenSysctlTmemOp { Command = QueryFreeableOp.Number };
        var right = new XenSysctl { Command = XenSysctl.TmemCommand, InterfaceVersion = Last, TmemOp = op };
        InProcessPort port = Port(0, AbiGeneration.V1Sysctl48, isPrivileged: true);
        InProcessPort plain = Port(1, AbiGeneration.V1Sysctl48);
        Assert.Equal(0, Call(port, right));
        Assert.Equal(-Errno.EFAULT, port.Call(HypercallNumber.Sysctl, new byte[135]));
        Assert.Equal(-Errno.EACCES, Call(plain, right with { InterfaceVersion = Last - 1, Command = 9 }));
        Assert.Equal(-Errno.EPERM, Call(plain, right with { Command = 9 }));
        Assert.Equal(-Errno.ENOSYS, Call(port, right with { Command = 9 }));
        Assert.Equal(-Errno.EINVAL, Call(port, right with { TmemOp = op with { Pad = 1 } }));
        Assert.Equal(-Errno.ENOSYS, Port(0, AbiGeneration.V1Hypercall, isPrivileged: true).Call(HypercallNumber.Sysctl, new byte[136]));
        Assert.Equal(-Errno.ENOSYS, port.Call((HypercallNumber)17, new byte[136]));
    }

    [Fact]
    public void Client_numbers_have_16_bits_and_all_ones_mean_everybody()
    {
        Guest(1).NewPool(new NewPoolOp { Flags = TmemPoolFlags.Version1 });
        ControlOps.Caller<Ops> control = Control(AbiGeneration.V1Hypercall);
        Assert.Equal(0, control.SetWeight(new SetWeightOp { ClientId = 1, Value = 3 }));
        Assert.Equal(-1, control.SetWeight(new SetWeightOp { ClientId = 0x10001, Value = 4 }));
        Assert.Equal(3, control.SaveGetClientWeight(new SaveGetClientWeightOp { ClientId = 1 }));
        Assert.Equal(0, control.SetWeight(new SetWeightOp { ClientId = uint.MaxValue, Value = 5 }));
        Assert.Equal(5, control.SaveGetClientWeight(new SaveGetClientWeightOp { ClientId = 1 }));
    }

    [Fact]
    public void The_list_is_whole_lines_and_a_zero_byte()
    {
        Guest(1).NewPool(new NewPoolOp { Flags = TmemPoolFlags.Version1 });
        ControlOps.Caller<Ops> control = Control(AbiGeneration.V1Sysctl46);
        var op = new ListOp { ClientId = 0xffff, BufferBytes = 8192, LongForm = 1, Buffer = Buffer };
        Assert.Equal(0, control.List(op));
        string whole = Text();
        Assert.EndsWith("T\n", whole, StringComparison.Ordinal);
        int first = whole.IndexOf('\n', StringComparison.Ordinal) + 1;
        _frames.AsSpan().Fill(0xee);
        Assert.Equal(0, control.List(op with { BufferBytes = (uint)first + 1 }));
        Assert.Equal(whole[..first], Text());
        Assert.Equal(0xee, _frames[(2 * TmemPool.PageBytes) + first + 1]);
        Assert.Equal(0, control.List(op with { BufferBytes = (uint)first }));
        Assert.Equal("", Text());
        Assert.Equal(0, control.List(op with { BufferBytes = 0, Buffer = 0 }));
        Assert.Equal(-Errno.EFAULT, control.List(op with { Buffer = 0 }));
        Assert.Equal(-1, control.List(op with { ClientId = 9 }));
    }

    [Fact]
    public void Records_of_clients_and_pools_travel_through_buffers()
    {
        ControlOps.Caller<Ops> control = Control(AbiGeneration.V1Sysctl48);
        Assert.Equal(-Errno.ENOENT, control.SetClientInfo(new SetClientInfoOp { ClientId = 1, Buffer = Buffer }));
        Guest(1, AbiGeneration.V1Sysctl48);
        Write(new XenTmemPoolInfo { Flags = TmemPoolFlags.Version1 | TmemPoolFlags.Persistent, Id = 3, Uuid = new PoolUuid(5, 6) }, 0);
        Write(new XenTmemPoolInfo { Flags = TmemPoolFlags.Version1, Id = 1 }, 1);
        var set = new SetPoolsOp { ClientId = 1, BufferBytes = 64, Buffer = Buffer };
        Assert.Equal(-Errno.EINVAL, control.SetPools(set with { BufferBytes = 33 }));
        Assert.Equal(-Errno.E2BIG, control.SetPools(set with { BufferBytes = 17 * 32 }));
        Assert.Equal(-Errno.EFAULT, control.SetPools(set with { Buffer = 0 }));
        Assert.Equal(-Errno.EFAULT, control.SetPools(set with { Buffer = ReadOnlyFrame * TmemPool.PageBytes }));
        Assert.Equal(-Errno.ENOMEM, control.SetPools(set with { ClientId = 44 }));
        Assert.Equal(1, control.SetPools(set));
        Assert.Equal(-Errno.EPERM, control.SetPools(set));
        Assert.Equal(2, control.GetPools(new GetPoolsOp { ClientId = 1, BufferBytes = 512, Buffer = Buffer }));
        Assert.Equal((1u, 3u), (PoolInfo(0).Id, PoolInfo(1).Id));
        Assert.Equal(new PoolUuid(5, 6), PoolInfo(1).Uuid);
        Assert.Equal(TmemPoolFlags.Version1 | TmemPoolFlags.Persistent, PoolInfo(1).Flags);
        Assert.Equal(0, control.GetPools(new GetPoolsOp { ClientId = 1, Buffer = Buffer }));

        Assert.Equal(0, control.GetClientInfo(new GetClientInfoOp { ClientId = 1, Buffer = Buffer }));
        XenTmemClient info = ClientInfo();
        Assert.Equal((1u, 16u, 2u, 0u), (info.Version, info.MaxPools, info.PoolCount, info.Weight));
        (info with { Weight = 9, Flags = TmemClientFlags.Compress | TmemClientFlags.Frozen }).Write(Abi48, Page(2));
        Assert.Equal(0, control.SetClientInfo(new SetClientInfoOp { ClientId = 1, Buffer = Buffer }));
        Assert.Equal(0, control.GetClientInfo(new GetClientInfoOp { ClientId = 1, Buffer = Buffer }));
        Assert.Equal((9u, TmemClientFlags.Compress), (ClientInfo().Weight, ClientInfo().Flags));
        (info with { MaxPools = 17 }).Write(Abi48, Page(2));
        Assert.Equal(-Errno.ERANGE, control.SetClientInfo(new SetClientInfoOp { ClientId = 1, Buffer = Buffer }));
        (info with { Version = 2 }).Write(Abi48, Page(2));
        Assert.Equal(-Errno.EOPNOTSUPP, control.SetClientInfo(new SetClientInfoOp { ClientId = 1, Buffer = Buffer }));
    }

    [Fact]
    public void Grants_that_find_no_room_leave_all_as_they_were()
    {
        ControlOps.Caller<Ops> control = Control(AbiGeneration.V1Sysctl48);
        Guest(1, AbiGeneration.V1Sysctl48);
        for (uint i = 0; i < 15; i++)
        {
            Write(new XenTmemPoolInfo { Flags = TmemPoolFlags.Authorize, Uuid = new PoolUuid(i, 1) }, (int)i);
        }

        var set = new SetAuthOp { ClientId = 1, BufferBytes = 15 * 32, Buffer = Buffer };
        Assert.Equal(1, control.SetAuth(set));
        Write(new XenTmemPoolInfo { Flags = TmemPoolFlags.Authorize, Uuid = new PoolUuid(20, 1) }, 0);
        Write(new XenTmemPoolInfo { Flags = TmemPoolFlags.Authorize, Uuid = new PoolUuid(21, 1) }, 1);
        Assert.Equal(-Errno.ENOMEM, control.SetAuth(set with { BufferBytes = 64 }));
        Write(new XenTmemPoolInfo { Uuid = new PoolUuid(99, 1) }, 0);
        Write(new XenTmemPoolInfo { Uuid = new PoolUuid(20, 1) }, 1);
        Assert.Equal(2, control.SetAuth(set with { BufferBytes = 64 }));
        Assert.Equal(-Errno.ENOMEM, control.SetAuth(set with { ClientId = 0xffff }));
    }

    [Theory]
    [InlineData(AbiGeneration.V0Aug2009, 1)]
    [InlineData(AbiGeneration.V1Hypercall, 64)]
    [InlineData(AbiGeneration.V1Sysctl48, 64)]
    public void A_client_is_saved_page_by_page_each_once_while_it_flushes(AbiGeneration generation, int shards)
    {
        using var host = new TmemHost(Hosts.Small with { Profile = TmemProfile.Xen, Shards = shards, CapacityBytes = 32 * Hosts.Mebibyte });
        var dispatcher = new TmemDispatcher(host);
        var abi = new TmemAbi(generation);
        var guest = new GuestOps.Caller<Ops>(abi, new Ops(new InProcessPort(dispatcher, 1, _memory, new() { Generation = generation })));
        var control = new ControlOps.Caller<Ops>(
            abi, new Ops(new InProcessPort(dispatcher, 0, _memory, new() { Generation = generation, IsPrivileged = true }), isControl: true));
        Assert.Equal(0, guest.NewPool(new NewPoolOp { Flags = Flags(generation, TmemPoolFlags.Persistent) }));
        HashSet<(ulong, uint)> left = PutMany(guest);
        var present = new HashSet<(ulong, uint)>(left);
        var gone = new HashSet<(ulong, uint)>();
        Assert.Equal(generation == AbiGeneration.V1Sysctl48 ? 0 : 1, control.SaveBegin(new SaveBeginOp { ClientId = 1, Live = 1 }));
        var random = new Random(3);
        int handleBytes = TmemHandle.SizeOf(abi);
        var op = new SaveGetNextPageOp { ClientId = 1, BufferBytes = (uint)(handleBytes + TmemPool.PageBytes), Buffer = Buffer };
        Assert.Equal(-Errno.ENOMEM, control.SaveGetNextPage(op with { BufferBytes = op.BufferBytes - 1 }));
        Assert.Equal(-Errno.EFAULT, control.SaveGetNextPage(op with { Buffer = 0 }));
        while (control.SaveGetNextPage(op) == 1)
        {
            Assert.True(TmemHandle.TryRead(abi, Page(2), out TmemHandle handle));
            Assert.True(left.Remove((handle.Object.Word0, handle.Index)), $"{handle} came twice, or after it had gone");
            Assert.Equal(Pages.Of((handle.Object.Word0 << 32) | handle.Index), _frames.AsSpan((2 * TmemPool.PageBytes) + handleBytes, TmemPool.PageBytes).ToArray());
            FlushOne(guest, random, left, present, gone);
        }

        Assert.Empty(left);
        Assert.Equal(-1, control.SaveGetNextPage(op));
        Assert.NotEmpty(gone);
        var next = new SaveGetNextInvalidatedOp { ClientId = 1, BufferBytes = (uint)handleBytes, Buffer = Buffer };
        Assert.Equal(-Errno.EFAULT, control.SaveGetNextInvalidated(next with { Buffer = 0 }));
        while (control.SaveGetNextInvalidated(next) == 1)
        {
            Assert.True(TmemHandle.TryRead(abi, Page(2), out TmemHandle handle));
            Assert.True(gone.Remove((handle.Object.Word0, handle.Index)));
        }

        Assert.Empty(gone);
        Assert.Equal(0, control.SaveGetNextInvalidated(next));
        Assert.Equal(0, control.SaveEnd(new SaveEndOp { ClientId = 1 }));
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_restored_page_comes_from_a_buffer_at_any_address()
    {
        GuestOps.Caller<Ops> guest = Guest(1);
        guest.NewPool(new NewPoolOp { Flags = TmemPoolFlags.Version1 | TmemPoolFlags.Persistent });
        ControlOps.Caller<Ops> control = Control(AbiGeneration.V1Hypercall);
        Pages.Of(8).CopyTo(_frames, (2 * TmemPool.PageBytes) + 24);
        var op = new RestorePutPageOp { ClientId = 1, Object = 4, Index = 2, BufferBytes = 4096, Buffer = Buffer + 24 };
        Assert.Equal(1, control.RestorePutPage(op));
        Assert.Equal(-Errno.EINVAL, control.RestorePutPage(op with { BufferBytes = 4095 }));
        Assert.Equal(-1, control.RestorePutPage(op with { PoolId = 1 }));
        Assert.Equal(1, guest.GetPage(new GetPageOp { Object = 4, Index = 2, Frame = Frame }));
        Assert.Equal(Pages.Of(8), Page(0).ToArray());
    }

    [Fact]
    public void An_option_out_of_its_range_is_named()
    {
        var version = Assert.Throws<ArgumentOutOfRangeException>(
            () => new InProcessPort(_dispatcher, 0, _memory, new() { Generation = AbiGeneration.V1Sysctl46, InterfaceVersion = Last }));
        Assert.Contains("0x0C to 0x0D", version.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new InProcessPort(_dispatcher, 0, _memory, new() { InterfaceVersion = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>("clientId", () => new InProcessPort(_dispatcher, 0xffff, _memory));
        Assert.Throws<ArgumentOutOfRangeException>("clientId", () => new InProcessPort(_dispatcher, -1, _memory));
        Assert.Throws<ArgumentOutOfRangeException>(() => _dispatcher.WithGeneration((AbiGeneration)5));
    }

    [Fact]
    public void Put_get_and_flush_allocate_nothing()
    {
        GuestOps.Caller<Ops> guest = Guest(1);
        guest.NewPool(new NewPoolOp { Flags = TmemPoolFlags.Version1 });
        Turn(guest);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Turn(guest);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static TmemAbi Abi48 => new(AbiGeneration.V1Sysctl48);

    private static TmemPoolFlags Flags(AbiGeneration generation, TmemPoolFlags flags) =>
        generation <= AbiGeneration.V0Aug2009 ? flags : flags | TmemPoolFlags.Version1;

    private static void Turn(GuestOps.Caller<Ops> guest)
    {
        guest.PutPage(new PutPageOp { Object = 1, Frame = Frame });
        guest.GetPage(new GetPageOp { Object = 1, Frame = Frame });
        guest.FlushPage(new FlushPageOp { Object = 1 });
        guest.PutPage(new PutPageOp { Object = 1, Frame = AbsentFrame });
    }

    /// <summary>Now and then flushes a page that was not handed out yet, or the whole of its object.</summary>
    private static void FlushOne(
        GuestOps.Caller<Ops> guest, Random random, HashSet<(ulong, uint)> left, HashSet<(ulong, uint)> present, HashSet<(ulong, uint)> gone)
    {
        if (left.Count == 0 || random.Next(4) != 0)
        {
            return;
        }

        (ulong id, uint index) = left.ElementAt(random.Next(left.Count));
        bool isWhole = random.Next(10) == 0;
        long answer = isWhole
            ? guest.FlushObject(new FlushObjectOp { Object = id })
            : guest.FlushPage(new FlushPageOp { Object = id, Index = index });
        Assert.Equal(-Errno.EFROZEN, answer);
        foreach ((ulong, uint) page in present.Where(page => page.Item1 == id && (isWhole || page.Item2 == index)).ToArray())
        {
            left.Remove(page);
            present.Remove(page);
            gone.Add(page);
        }
    }

    private static long Call(InProcessPort port, in XenSysctl sysctl)
    {
        var bytes = new byte[XenSysctl.MaxSize];
        sysctl.Write(Abi48, bytes);
        return port.Call(HypercallNumber.Sysctl, bytes);
    }

    private HashSet<(ulong, uint)> PutMany(GuestOps.Caller<Ops> guest)
    {
        var pages = new HashSet<(ulong, uint)>();
        for (ulong id = 0; id < 60; id++)
        {
            uint count = (id % 6) switch { 0 => 1, 1 => 2, 2 => 64, 3 => 30, 4 => 3, _ => 5 };
            for (uint i = 0; i < count; i++)
            {
                uint index = id % 6 == 5 ? i * 1000 : i;
                Pages.Fill(Page(0), (id << 32) | index);
                Assert.Equal(1, guest.PutPage(new PutPageOp { Object = id, Index = index, Frame = Frame }));
                pages.Add((id, index));
            }
        }

        return pages;
    }

    private Span<byte> Page(int number) => _frames.AsSpan(number * TmemPool.PageBytes, TmemPool.PageBytes);

    private string Text()
    {
        ReadOnlySpan<byte> bytes = _frames.AsSpan(2 * TmemPool.PageBytes);
        return System.Text.Encoding.ASCII.GetString(bytes[..bytes.IndexOf((byte)0)]);
    }

    private void Write(in XenTmemPoolInfo info, int position) =>
        info.Write(Abi48, Page(2)[(position * XenTmemPoolInfo.MaxSize)..]);

    private XenTmemPoolInfo PoolInfo(int position)
    {
        Assert.True(XenTmemPoolInfo.TryRead(Abi48, Page(2)[(position * XenTmemPoolInfo.MaxSize)..], out XenTmemPoolInfo info));
        return info;
    }

    private XenTmemClient ClientInfo()
    {
        Assert.True(XenTmemClient.TryRead(Abi48, Page(2), out XenTmemClient info));
        return info;
    }

    private InProcessPort Port(
        int client, AbiGeneration generation, AbiWordSize wordSize = AbiWordSize.Bits64, bool isPrivileged = false) =>
        new(_dispatcher, client, _memory, new() { Generation = generation, WordSize = wordSize, IsPrivileged = isPrivileged });

    private GuestOps.Caller<Ops> Guest(
        int client, AbiGeneration generation = AbiGeneration.V1Hypercall, AbiWordSize wordSize = AbiWordSize.Bits64) =>
        new(new TmemAbi(generation, wordSize), new Ops(Port(client, generation, wordSize)));

    private ControlOps.Caller<Ops> Control(AbiGeneration generation) =>
        new(new TmemAbi(generation), new Ops(Port(0, generation, isPrivileged: true), isControl: true));

    /// <summary>Sends ops by hypercall, and control of later releases in an envelope.</summary>
    private readonly struct Ops(InProcessPort port, bool isControl = false) : IOpPort
    {
        public long Call(ReadOnlySpan<byte> op)
        {
            if (!isControl || port.Abi.Generation < AbiGeneration.V1Sysctl46)
            {
                return port.Call(HypercallNumber.TmemOp, op);
            }

            var envelope = new byte[XenSysctl.MaxSize];
            uint version = port.Abi.Generation == AbiGeneration.V1Sysctl46 ? 0x0Du : Last;
            new XenSysctl { Command = XenSysctl.TmemCommand, InterfaceVersion = version }.Write(port.Abi, envelope);
            op.CopyTo(envelope.AsSpan(8));
            return port.Call(HypercallNumber.Sysctl, envelope);
        }
    }

    /// <summary>The host's counts of operations and of errors. Asking counts itself, as no operation of a guest.</summary>
    private (int Total, int Errors) Operations()
    {
        _dispatcher.WithGeneration(AbiGeneration.V1Sysctl48).List(TmemDispatcher.AllClients, 65_536, isLong: false, out string text);
        string[] fields = text.Split(',');
        return (int.Parse(fields[0].AsSpan("G=Tt:".Length), null), int.Parse(fields[1].AsSpan("Te:".Length), null));
    }
}
