using System.Text;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

public sealed class HypercallControlTests
{
    public static TheoryData<int> Releases => [5, 6, 7, 8, 9, 12];

    [Theory]
    [MemberData(nameof(Releases))]
    public void Clients_are_frozen_and_thawed_one_by_one_and_all_together(int minor)
    {
        using FakeXen xen = WithClients(minor);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        control.Freeze(3);
        Assert.Equal([true, false], Frozen(xen));
        control.Freeze(HypercallControl.AllClients);
        Assert.Equal([true, true], Frozen(xen));
        control.Thaw(7);
        Assert.Equal([true, false], Frozen(xen));
        control.Destroy(HypercallControl.AllClients);
        Assert.Equal([false, false], Frozen(xen));
        xen.AssertNothingIsHeld();
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void Weight_and_compression_are_set_and_leave_each_other_alone(int minor)
    {
        using FakeXen xen = WithClients(minor);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        control.SetWeight(3, 60);
        control.SetCompression(3, isOn: true);
        control.SetWeight(3, 61);
        Assert.Equal((61u, true), (xen.Clients[3].Weight, xen.Clients[3].IsCompressed));
        Assert.Equal((0u, false), (xen.Clients[7].Weight, xen.Clients[7].IsCompressed));
        xen.AssertNothingIsHeld();
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void Setting_one_thing_for_all_clients_does_not_clear_the_other(int minor)
    {
        using FakeXen xen = WithClients(minor);
        xen.Text = "G=Tt:12\nC=CI:3,ww:0,co:0\nP=CI:3,PI:0,PT:EP\nC=CI:7,ww:0,co:0\nT=\n";
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        control.SetWeight(3, 10);
        control.SetWeight(7, 20);
        control.SetCompression(HypercallControl.AllClients, isOn: true);
        Assert.Equal([10u, 20u], xen.Clients.Values.Select(static c => c.Weight));
        Assert.All(xen.Clients.Values, static c => Assert.True(c.IsCompressed));
        control.SetWeight(HypercallControl.AllClients, 5);
        Assert.All(xen.Clients.Values, static c => Assert.Equal((5u, true), (c.Weight, c.IsCompressed)));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public void The_cap_is_set_where_there_is_one(int minor)
    {
        using FakeXen xen = WithClients(minor);
        using XenPort port = xen.Open();
        ControlOf(port).SetCap(3, 99);
        Assert.Equal(99u, xen.Clients[3].Cap);
    }

    [Fact]
    public void The_cap_is_refused_where_there_is_none()
    {
        using FakeXen xen = WithClients(8);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        int before = xen.IoctlCount;
        Assert.Throws<NotSupportedException>(() => control.SetCap(3, 99));
        Assert.Equal(before, xen.IoctlCount);
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void Flush_and_freeable_put_the_number_where_the_form_has_it(int minor)
    {
        using FakeXen xen = WithClients(minor);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        Assert.Equal(12, control.Flush(12));
        Assert.Equal(42, control.QueryFreeableMebibytes());
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void The_list_is_the_hypervisors_text(int minor)
    {
        using FakeXen xen = WithClients(minor);
        xen.Text = "G=Tt:1,Te:0\nC=CI:3,ww:0\n";
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        Assert.Equal(xen.Text, control.List(HypercallControl.AllClients, isLong: true));
        Assert.Equal(1u, xen.LastControl.Argument2);
        Assert.Equal(xen.Text, control.List(3, isLong: false));
        Assert.Equal((0u, 3u), (xen.LastControl.Argument2, xen.LastControl.ClientId));
        Assert.Equal(new uint[] { 3 }, control.GetClients());
        xen.AssertNothingIsHeld();
    }

    [Fact]
    public void A_list_longer_than_the_buffer_is_asked_for_again_with_a_longer_one()
    {
        using FakeXen xen = WithClients(12);
        var text = new StringBuilder();
        for (int i = 0; i < 2000; i++)
        {
            text.Append("P=CI:3,PI:").Append(i).Append(",PT:EP,U0:0,U1:0,Pc:0,Pm:0\n");
        }

        xen.Text = text.ToString();
        using XenPort port = xen.Open();
        Assert.Equal(xen.Text, ControlOf(port).List(HypercallControl.AllClients, isLong: false));
        xen.AssertNothingIsHeld();
    }

    [Theory]
    [InlineData(5, HypercallNumber.TmemOp)]
    [InlineData(8, HypercallNumber.TmemOp)]
    [InlineData(9, HypercallNumber.Sysctl)]
    [InlineData(12, HypercallNumber.Sysctl)]
    public void A_shared_pool_is_granted_by_the_way_of_the_release(int minor, HypercallNumber way)
    {
        using FakeXen xen = WithClients(minor);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        var uuid = new PoolUuid(0x200, 0x100);
        Assert.Equal(1, control.Authorize(3, uuid, isGranted: true));
        control.Authorize(3, uuid, isGranted: false);
        Assert.Equal([(3u, uuid, true, way), (3u, uuid, false, way)], xen.Grants);
        xen.AssertNothingIsHeld();
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void A_client_that_does_not_exist_is_an_error_with_a_reason(int minor)
    {
        using FakeXen xen = WithClients(minor);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        HypercallException refused = Assert.Throws<HypercallException>(() => control.Freeze(99));
        Assert.Equal(-Errno.EPERM, refused.Result);
        Assert.Contains("freeze client 99", refused.Message, StringComparison.Ordinal);
        Assert.Contains("no such client", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void Where_the_op_cannot_be_locked_the_seven_arguments_answer_efault(int minor)
    {
        using FakeXen xen = WithClients(minor);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        int ioctlCount = xen.IoctlCount;
        xen.Memory.FailAtLock = xen.Memory.LockCount + 1;
        byte[] buffer = [.. Enumerable.Repeat((byte)9, 100)];
        Assert.Equal(-Errno.EFAULT, control.Control(-1, ControlSubOp.List, 3, 100, 0, 0UL, buffer));
        Assert.Equal(ioctlCount, xen.IoctlCount);
        Assert.Equal(100, buffer.AsSpan().Count((byte)9));
        xen.AssertNothingIsHeld();
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void Where_the_lists_buffer_cannot_be_locked_the_seven_arguments_answer_enomem(int minor)
    {
        using FakeXen xen = WithClients(minor);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        int ioctlCount = xen.IoctlCount;
        xen.Memory.FailAtLock = xen.Memory.LockCount + 2;
        Assert.Equal(-Errno.ENOMEM, control.Control(-1, ControlSubOp.List, 3, 100, 0, 0UL, new byte[100]));
        Assert.Equal(ioctlCount, xen.IoctlCount);
        xen.AssertNothingIsHeld();
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void A_length_of_zero_locks_the_op_and_nothing_else(int minor)
    {
        using FakeXen xen = WithClients(minor);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        int locks = xen.Memory.LockCount;
        Assert.Equal(0, control.Control(-1, ControlSubOp.List, 3, 0, 0, 0UL, new byte[100]));
        Assert.Equal(0ul, xen.LastControl.Buffer);
        Assert.Equal(1, xen.Memory.LockCount - locks);
        xen.AssertNothingIsHeld();
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void A_length_beyond_the_buffer_is_refused_before_anything_is_locked(int minor)
    {
        using FakeXen xen = WithClients(minor);
        using XenPort port = xen.Open();
        HypercallControl control = ControlOf(port);
        (int locks, int ioctls) before = (xen.Memory.LockCount, xen.IoctlCount);
        Assert.Equal(-Errno.EINVAL, control.Control(-1, ControlSubOp.List, 3, 101, 0, 0UL, new byte[100]));
        Assert.Equal(-Errno.EINVAL, control.Control(-1, ControlSubOp.List, 3, uint.MaxValue, 0, 0UL, new byte[100]));
        Assert.Equal(before, (xen.Memory.LockCount, xen.IoctlCount));
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void The_lists_buffer_arrives_cleared_and_only_its_length_is_written_back(int minor)
    {
        using FakeXen xen = WithClients(minor);
        xen.Text = "G=Tt:1\n";
        using XenPort port = xen.Open();
        byte[] buffer = [.. Enumerable.Repeat((byte)9, 120)];
        Assert.Equal(0, ControlOf(port).Control(-1, ControlSubOp.List, 3, 100, 0, 0UL, buffer));
        Assert.Equal(xen.Text, Encoding.ASCII.GetString(buffer, 0, xen.Text.Length));
        Assert.Equal(0, buffer.AsSpan(xen.Text.Length, 100 - xen.Text.Length).Count((byte)9));
        Assert.Equal(20, buffer.AsSpan(100).Count((byte)9));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(12)]
    public void A_page_to_be_restored_travels_into_the_hypervisor(int minor)
    {
        using FakeXen xen = WithClients(minor);
        using XenPort port = xen.Open();
        byte[] page = [.. Enumerable.Repeat((byte)0x5A, 4096)];
        var id = new ObjectId(1, 2, 3);
        Assert.Equal(1, ControlOf(port).Control(2, ControlSubOp.RestorePutPage, 3, 4096, 17, id, page));
        Assert.Equal((2, 3u, 17u, id), (xen.LastPoolId, xen.LastControl.ClientId, xen.LastControl.Argument2, xen.LastControl.Object));
        Assert.Equal(4096, page.AsSpan().Count((byte)0x5A));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public void The_uuid_of_a_pool_travels_out_although_the_op_gives_no_length(int minor)
    {
        using FakeXen xen = WithClients(minor);
        using XenPort port = xen.Open();
        var uuid = new byte[16];
        Assert.Equal(0, ControlOf(port).Control(0, ControlSubOp.SaveGetPoolUuid, 3, 0, 0, 0UL, uuid));
        Assert.Equal([0xad, 0xde, 0, 0, 0, 0, 0, 0, 0xef, 0xbe, 0, 0, 0, 0, 0, 0], uuid);
    }

    [Fact]
    public void The_seventh_argument_is_the_first_word_of_the_object()
    {
        using FakeXen xen = WithClients(5);
        using XenPort port = xen.Open();
        _ = ControlOf(port).Control(1, ControlSubOp.RestoreFlushPage, 3, 0, 9, 0x1234UL, []);
        Assert.Equal(new ObjectId(0x1234), xen.LastControl.Object);
    }

    [Theory]
    [InlineData(-Errno.EACCES, "another version")]
    [InlineData(-Errno.ENOSYS, "no tmem")]
    [InlineData(-Errno.ENODEV, "tmem=1")]
    [InlineData(-Errno.EFAULT, "ulimit")]
    [InlineData(-Errno.EPERM, "control domain")]
    public void Refusals_are_explained(long result, string words) =>
        Assert.Contains(words, HypercallControl.Explain(result), StringComparison.Ordinal);

    private static FakeXen WithClients(int minor)
    {
        var xen = new FakeXen(new XenVersion(4, minor));
        xen.Clients.Add(3, new FakeXen.Client());
        xen.Clients.Add(7, new FakeXen.Client());
        return xen;
    }

    private static HypercallControl ControlOf(XenPort port) =>
        new(port, ControlInterface.Detect(port, port.Version), port.Buffers);

    private static IEnumerable<bool> Frozen(FakeXen xen) => xen.Clients.Values.Select(static c => c.IsFrozen);
}
