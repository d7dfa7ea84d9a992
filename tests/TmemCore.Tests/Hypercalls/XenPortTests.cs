using TmemCore.Abi;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

public sealed class XenPortTests
{
    private static readonly XenVersion s_xen412 = new(4, 12);

    [Fact]
    public void The_port_says_which_version_and_what_domain_it_is_in()
    {
        using var xen = new FakeXen(s_xen412);
        using XenPort port = xen.Open();
        Assert.Equal("4.12", port.Version.ToString());
        Assert.Equal(new XenDomain(IsControlDomain: true, IsTranslated: false), port.GetDomain());
    }

    [Theory]
    [InlineData(XenTmemState.Present)]
    [InlineData(XenTmemState.Absent)]
    [InlineData(XenTmemState.SwitchedOff)]
    [InlineData(XenTmemState.Refused)]
    public void The_probe_tells_the_states_of_tmem_apart(XenTmemState state)
    {
        using var xen = new FakeXen(s_xen412) { Tmem = state };
        using XenPort port = xen.Open();
        Assert.Equal(state, port.ProbeTmem());
    }

    [Fact]
    public void A_device_without_a_hypervisor_behind_it_is_named()
    {
        using var xen = new FakeXen(s_xen412) { FailAtIoctl = 1, Answer = -Errno.ENOSYS };
        XenUnavailableException missing = Assert.Throws<XenUnavailableException>(xen.Open);
        Assert.Equal(XenUnavailableReason.NoHypervisor, missing.Reason);
        Assert.Contains("/dev/fake", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_op_on_the_stack_is_copied_to_locked_memory_which_is_unlocked_again()
    {
        using var xen = new FakeXen(s_xen412);
        using XenPort port = xen.Open();
        Assert.Equal(0, new HypercallClient(port).NewPool(default, HypercallClient.PersistentPool));
        Assert.Equal(1, xen.Memory.LockCount);
        xen.AssertNothingIsHeld();
    }

    [Fact]
    public void An_op_in_a_lease_is_passed_as_it_is()
    {
        using var xen = new FakeXen(s_xen412);
        using XenPort port = xen.Open();
        using HypercallBuffer op = port.Buffers.Rent(TmemOp.MaxSize);
        new NewPoolOp { Flags = TmemPoolFlags.Version1 }.Write(new TmemAbi(AbiGeneration.V1Hypercall), op.Span);
        Assert.Equal(0, port.Call(HypercallNumber.TmemOp, op));
        Assert.Equal(1, xen.Memory.LockCount);
    }

    [Fact]
    public void Where_the_op_cannot_be_locked_the_call_is_not_made_and_answers_efault()
    {
        using var xen = new FakeXen(s_xen412);
        using XenPort port = xen.Open();
        int ioctlCount = xen.IoctlCount;
        xen.Memory.FailAtLock = 1;
        Assert.Equal(-Errno.EFAULT, new HypercallClient(port).NewPool(default, HypercallClient.PersistentPool));
        Assert.Equal(ioctlCount, xen.IoctlCount);
        xen.AssertNothingIsHeld();
    }

    [Theory]
    [InlineData(HypercallNumber.TmemOp, 0)]
    [InlineData(HypercallNumber.TmemOp, 39)]
    [InlineData(HypercallNumber.TmemOp, 52)]
    [InlineData(HypercallNumber.TmemOp, 55)]
    [InlineData(HypercallNumber.Sysctl, 0)]
    [InlineData(HypercallNumber.Sysctl, 135)]
    public void An_argument_shorter_than_an_op_is_refused_before_the_hypervisor_sees_it(HypercallNumber number, int lengthBytes)
    {
        using var xen = new FakeXen(s_xen412);
        using XenPort port = xen.Open();
        int ioctlCount = xen.IoctlCount;
        Assert.Equal(-Errno.EFAULT, port.Call(number, new byte[lengthBytes]));
        Assert.Equal(ioctlCount, xen.IoctlCount);
    }

    [Fact]
    public void Other_hypercalls_do_not_pass()
    {
        using var xen = new FakeXen(s_xen412);
        using XenPort port = xen.Open();
        int ioctlCount = xen.IoctlCount;
        Assert.Equal(-Errno.ENOSYS, port.Call((HypercallNumber)12, new byte[136]));
        Assert.Equal(ioctlCount, xen.IoctlCount);
    }

    [Theory]
    [InlineData(-1000)]
    [InlineData(-1001)]
    [InlineData(-19)]
    public void Results_below_zero_arrive_as_they_are(long answer)
    {
        using var xen = new FakeXen(s_xen412) { FailAtIoctl = 2, Answer = answer };
        using XenPort port = xen.Open();
        Assert.Equal(answer, new HypercallClient(port).FlushPage(0, 1, 2));
        xen.AssertNothingIsHeld();
    }

    [Fact]
    public void A_disposed_port_closes_its_device_and_refuses_calls()
    {
        using var xen = new FakeXen(s_xen412);
        XenPort port = xen.Open();
        port.Dispose();
        port.Dispose();
        Assert.True(xen.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => port.Call(HypercallNumber.TmemOp, new byte[56]));
        Assert.Throws<ObjectDisposedException>(() => port.ProbeTmem());
    }

    [Fact]
    public void A_disposed_lease_is_refused_and_nothing_is_called()
    {
        using var xen = new FakeXen(s_xen412);
        using XenPort port = xen.Open();
        HypercallBuffer op = port.Buffers.Rent(TmemOp.MaxSize);
        op.Dispose();
        int ioctlCount = xen.IoctlCount;
        Assert.Throws<ObjectDisposedException>(() => port.Call(HypercallNumber.TmemOp, op));
        Assert.Equal(ioctlCount, xen.IoctlCount);
    }

    [NoXenFact]
    public void Without_a_device_the_message_names_it_and_the_module()
    {
        XenUnavailableException missing = Assert.Throws<XenUnavailableException>(XenPort.Open);
        Assert.Equal(XenUnavailableReason.NoDevice, missing.Reason);
        Assert.Contains("/dev/xen/privcmd", missing.Message, StringComparison.Ordinal);
        Assert.Contains("modprobe xen-privcmd", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Errno.EACCES, XenUnavailableReason.NoRights, "root")]
    [InlineData(Errno.EPERM, XenUnavailableReason.NoRights, "root")]
    [InlineData(Errno.ENOENT, XenUnavailableReason.NoDevice, "modprobe")]
    [InlineData(Errno.ENODEV, XenUnavailableReason.NoDevice, "19")]
    public void Why_a_device_cannot_be_opened_is_said(int error, XenUnavailableReason reason, string word)
    {
        XenUnavailableException missing = XenUnavailableException.CannotOpen("/dev/xen/privcmd", -error);
        Assert.Equal(reason, missing.Reason);
        Assert.Contains("/dev/xen/privcmd", missing.Message, StringComparison.Ordinal);
        Assert.Contains(word, missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_allocates_nothing()
    {
        using var xen = new FakeXen(s_xen412);
        var quiet = new QuietDevice();
        using var buffers = new HypercallBufferPool();
        using var port = new XenPort(quiet, xen, buffers, "/dev/fake");
        var client = new HypercallClient(port);
        _ = client.Put(0, 1, 2, 3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            _ = client.Put(0, 1, 2, 3);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(102, quiet.CallCount);
    }

    /// <summary>For machines that are not control domains, which nearly all are.</summary>
    private sealed class NoXenFactAttribute : FactAttribute
    {
        public NoXenFactAttribute()
        {
            if (PrivcmdDevice.Paths.Any(File.Exists))
            {
                Skip = "This is a Xen control domain: the device is there.";
            }
        }
    }

    private sealed class QuietDevice : IPrivcmd
    {
        public int CallCount { get; private set; }

        public long Ioctl(uint request, Span<byte> argument)
        {
            CallCount++;
            return 0x4000c;
        }
    }
}
