using System.Text;
using TmemCore.Abi;
using TmemCore.Dispatch;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

public sealed class HypercallControlRawTests
{
    private const ulong Frame = 0x10;

    public static TheoryData<int> Releases => [5, 6, 7, 8, 9, 12];

    [Theory]
    [MemberData(nameof(Releases))]
    public void The_list_goes_into_a_lease_that_is_cleared_first_and_nothing_else_is_locked(int minor)
    {
        using FakeXen xen = WithClient(minor);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        using HypercallBuffer text = port.Buffers.Rent(100);
        text.Span.Fill(9);
        int locks = xen.Memory.LockCount;
        Assert.Equal(0, control.List(3, isLong: true, text));
        Assert.Equal(1, xen.Memory.LockCount - locks);
        Assert.Equal((ulong)text.DangerousAddress, xen.LastControl.Buffer);
        Assert.Equal((100u, 1u), (xen.LastControl.Argument1, xen.LastControl.Argument2));
        Assert.Equal(xen.Text.PadRight(100, '\0'), Encoding.ASCII.GetString(text.Span));
        Assert.Equal(1, xen.Memory.LockedCount);
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void The_list_goes_to_an_address_as_far_as_it_is_told(int minor)
    {
        using FakeXen xen = WithClient(minor);
        using XenPort port = xen.Open();
        using HypercallBuffer text = port.Buffers.Rent(200);
        text.Span.Fill(9);
        Assert.Equal(0, ControlOf(port).DangerousList(3, isLong: false, text.DangerousAddress + 50, 100));
        Assert.Equal(50, text.Slice(0, 50).Count((byte)9));
        Assert.Equal(xen.Text.PadRight(100, '\0'), Encoding.ASCII.GetString(text.Slice(50, 100)));
        Assert.Equal(50, text.Slice(150, 50).Count((byte)9));
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void Where_the_op_cannot_be_locked_the_answer_is_efault_and_the_lease_is_as_it_was(int minor)
    {
        using FakeXen xen = WithClient(minor);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        using HypercallBuffer text = port.Buffers.Rent(100);
        text.Span.Fill(9);
        int ioctlCount = xen.IoctlCount;
        xen.Memory.FailAtLock = xen.Memory.LockCount + 1;
        Assert.Equal(-Errno.EFAULT, control.List(3, isLong: true, text));
        Assert.Equal(ioctlCount, xen.IoctlCount);
        Assert.Equal(100, text.Span.Count((byte)9));
        Assert.Equal(1, xen.Memory.LockedCount);
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void A_length_beyond_the_buffer_is_refused_and_one_of_zero_passes_none(int minor)
    {
        using FakeXen xen = WithClient(minor);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        using HypercallBuffer text = port.Buffers.Rent(100);
        nint address = text.DangerousAddress;
        int ioctlCount = xen.IoctlCount;
        Assert.Equal(-Errno.EINVAL, control.Control(-1, ControlSubOp.List, 3, 101, 0, default, text));
        Assert.Equal(-Errno.EINVAL, control.DangerousControl(-1, ControlSubOp.List, 3, 101, 0, default, address, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => control.DangerousList(3, isLong: true, address, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => control.DangerousList(3, isLong: true, 0, 1));
        Assert.Equal(ioctlCount, xen.IoctlCount);
        Assert.Equal(0, control.Control(-1, ControlSubOp.List, 3, 0, 0, default, text));
        Assert.Equal(0ul, xen.LastControl.Buffer);
        Assert.Equal(0, control.DangerousControl(-1, ControlSubOp.Freeze, 3, 0, 0, default, 0, 0));
        Assert.True(xen.Clients[3].IsFrozen);
    }

    [Fact]
    public void A_disposed_lease_is_refused_and_nothing_is_called()
    {
        using FakeXen xen = WithClient(12);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        HypercallBuffer text = port.Buffers.Rent(100);
        text.Dispose();
        int ioctlCount = xen.IoctlCount;
        Assert.Throws<ObjectDisposedException>(() => control.List(3, isLong: true, text));
        Assert.Equal(ioctlCount, xen.IoctlCount);
        xen.AssertNothingIsHeld();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(12)]
    public void A_lease_to_be_read_is_not_cleared(int minor)
    {
        using FakeXen xen = WithClient(minor);
        using XenPort port = xen.Open();
        using HypercallBuffer page = port.Buffers.Rent(4096);
        page.Span.Fill(0x5A);
        Assert.Equal(1, ControlOf(port).Control(2, ControlSubOp.RestorePutPage, 3, 4096, 17, new ObjectId(1, 2, 3), page));
        Assert.Equal(4096, page.Span.Count((byte)0x5A));
    }

    /// <summary>A client moves from one host to another: page by page, in each of the three forms, and by each kind of buffer.</summary>
    [Theory]
    [InlineData(AbiGeneration.V1Hypercall, false)]
    [InlineData(AbiGeneration.V1Hypercall, true)]
    [InlineData(AbiGeneration.V1Sysctl46, false)]
    [InlineData(AbiGeneration.V1Sysctl46, true)]
    [InlineData(AbiGeneration.V1Sysctl48, false)]
    [InlineData(AbiGeneration.V1Sysctl48, true)]
    public void A_client_is_saved_and_restored_through_control(AbiGeneration generation, bool isLease)
    {
        using var from = new Side(generation);
        using var to = new Side(generation);
        HypercallClient old = from.ClientOf(3);
        Assert.Equal(0, old.NewPool(new PoolUuid(1, 2), HypercallClient.PersistentPool));
        for (uint i = 0; i < 5; i++)
        {
            from.Page.AsSpan().Fill((byte)(i + 1));
            Assert.Equal(1, old.Put(0, new ObjectId(i, 2, 3), i, Frame));
        }

        bool isLater = generation == AbiGeneration.V1Sysctl48;
        Assert.Equal(isLater ? 0 : 1, from.Control.Control(-1, ControlSubOp.SaveBegin, 3, 0, 0, default(ObjectId), []));
        HypercallClient renewed = to.ClientOf(3);
        Assert.Equal(0, renewed.NewPool(new PoolUuid(1, 2), HypercallClient.PersistentPool));
        int handleBytes = TmemHandle.SizeOf(new TmemAbi(generation));
        using HypercallBuffer lease = HypercallBufferPool.Shared.Rent(handleBytes + 4096);
        var record = new byte[handleBytes + 4096];
        int pages = 0;
        while (Next(from.Control, record, lease, isLease) > 0)
        {
            Assert.True(TmemHandle.TryRead(new TmemAbi(generation), record, out TmemHandle handle));
            Assert.Equal(handle.Index, (uint)handle.Object.Word0);
            Assert.Equal(1, to.Control.Control(
                (int)handle.PoolId, ControlSubOp.RestorePutPage, 3, 4096, handle.Index, handle.Object, record.AsSpan(handleBytes)));
            pages++;
        }

        Assert.Equal(5, pages);
        Assert.Equal(0, from.Control.Control(-1, ControlSubOp.SaveEnd, 3, 0, 0, default(ObjectId), []));
        for (uint i = 0; i < 5; i++)
        {
            Assert.Equal(1, renewed.Get(0, new ObjectId(i, 2, 3), i, Frame));
            Assert.Equal(4096, to.Page.AsSpan().Count((byte)(i + 1)));
        }

        Assert.Equal(1, to.Control.Control(0, ControlSubOp.RestoreFlushPage, 3, 0, 2, new ObjectId(2, 2, 3), []));
        Assert.Equal(0, renewed.Get(0, new ObjectId(2, 2, 3), 2, Frame));
    }

    private static long Next(HypercallControl control, byte[] record, HypercallBuffer lease, bool isLease)
    {
        if (!isLease)
        {
            return control.Control(0, ControlSubOp.SaveGetNextPage, 3, (uint)record.Length, 0, default(ObjectId), record);
        }

        long answer = control.Control(0, ControlSubOp.SaveGetNextPage, 3, (uint)record.Length, 0, default, lease);
        lease.Span.CopyTo(record);
        return answer;
    }

    private static FakeXen WithClient(int minor)
    {
        var xen = new FakeXen(new XenVersion(4, minor));
        xen.Clients.Add(3, new FakeXen.Client());
        return xen;
    }

    private static HypercallControl ControlOf(XenPort port) =>
        new(port, ControlInterface.Detect(port, port.Version), port.Buffers);

    /// <summary>A host with a toolstack and one guest.</summary>
    private sealed class Side : IDisposable
    {
        private readonly TmemHost _host = new(Hosts.Small with { Profile = TmemProfile.Xen, CapacityBytes = 16 * Hosts.Mebibyte });
        private readonly TmemDispatcher _dispatcher;
        private readonly GuestMemory _memory = new();
        private readonly GuestRegistration _registration;

        public Side(AbiGeneration generation)
        {
            _dispatcher = new TmemDispatcher(_host);
            _registration = _memory.Register(Frame, Page, GuestAccess.ReadWrite);
            var toolstack = new InProcessPort(
                _dispatcher, 0, _memory, new InProcessPortOptions { Generation = generation, IsPrivileged = true });
            Control = new HypercallControl(toolstack, ControlInterface.Detect(toolstack), HypercallBufferPool.Shared, _memory);
            Assert.Equal(generation, Control.Interface.Generation);
        }

        public byte[] Page { get; } = new byte[4096];

        public HypercallControl Control { get; }

        public HypercallClient ClientOf(int id) => new(new InProcessPort(_dispatcher, id, _memory));

        public void Dispose()
        {
            _registration.Dispose();
            _host.Dispose();
        }
    }
}
