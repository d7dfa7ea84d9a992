using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

/// <summary>A long run of control and pages, in which one call after the other fails.</summary>
public sealed class XenFailureTests
{
    public static TheoryData<int> Releases => [5, 7, 8, 12];

    [Theory]
    [MemberData(nameof(Releases))]
    public void Whichever_ioctl_fails_nothing_stays_locked(int minor)
    {
        int total = Run(minor, static _ => { }, out int failures).IoctlCount;
        Assert.Equal(0, failures);
        Assert.True(total > 20, $"Only {total} ioctls.");
        foreach (int error in new[] { Errno.EACCES, Errno.EPERM, Errno.EFROZEN })
        {
            for (int n = 2; n <= total; n++)
            {
                Run(minor, xen => (xen.FailAtIoctl, xen.Answer) = (n, -error), out failures).AssertNothingIsHeld();

                // A wrong guess at the interface version is made good by the next one.
                Assert.True(failures > 0 || (error == Errno.EACCES && n == 2), $"Ioctl {n} failed and nobody noticed.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void Whichever_step_towards_locked_memory_fails_nothing_stays_locked(int minor)
    {
        int total = Run(minor, static _ => { }, out _).Memory.CallCount;
        Assert.True(total > 60, $"Only {total} calls.");
        for (int n = 1; n <= total; n++)
        {
            Run(minor, xen => xen.Memory.FailAtCall = n, out int failures).AssertNothingIsHeld();
            Assert.True(failures > 0, $"Call {n} failed and nobody noticed.");
        }
    }

    private static FakeXen Run(int minor, Action<FakeXen> prepare, out int failures)
    {
        var xen = new FakeXen(new XenVersion(4, minor)) { Text = "G=Tt:1\nC=CI:3,ww:0\n" };
        xen.Clients.Add(3, new FakeXen.Client());
        prepare(xen);
        int failed = 0;
        using XenPort port = xen.Open();
        var control = new HypercallControl(port, default, port.Buffers);
        Try(() => control = new HypercallControl(port, ControlInterface.Detect(port, port.Version), port.Buffers));
        Try(() => control.Freeze(3));
        Try(() => control.List(HypercallControl.AllClients, isLong: true));
        Try(() => control.SetWeight(HypercallControl.AllClients, 4));
        Try(() => control.SetCompression(3, isOn: true));
        Try(() => control.Authorize(3, new PoolUuid(1, 2), isGranted: true));
        Try(() => control.Flush(4));
        Try(() => control.Thaw(HypercallControl.AllClients));
        foreach (Func<XenPort, int, MachineFrames> way in new[] { MachineFrames.Allocate, MachineFrames.Translate })
        {
            Try(() =>
            {
                using MachineFrames frames = way(port, 2);
                var client = new HypercallClient(port);
                long pool = Expect(0, client.NewPool(default, HypercallClient.PersistentPool));
                Expect(1, client.Put((int)pool, 1, 2, frames.GetFrame(0)));
                Expect(1, client.Get((int)pool, 1, 2, frames.GetFrame(1)));
                Expect(1, client.DestroyPool((int)pool));
            });
        }

        failures = failed + xen.ReservedCount;
        xen.TakeBackReserved();
        return xen;

        void Try(Action act)
        {
            try
            {
                act();
            }
            catch (Exception refused) when (refused is HypercallException or HypercallBufferException)
            {
                failed++;
            }
        }

        long Expect(long least, long result)
        {
            failed += result < least ? 1 : 0;
            return Math.Max(0, result);
        }
    }
}
