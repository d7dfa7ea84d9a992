using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

public sealed class MachineFramesTests
{
    private static readonly XenVersion s_xen412 = new(4, 12);

    public static TheoryData<string> Ways => ["allocated", "translated"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Pages_go_through_the_hypervisor_and_come_back(string way)
    {
        using var xen = new FakeXen(s_xen412);
        using XenPort port = xen.Open();
        using (MachineFrames frames = Get(way, port, 3))
        {
            var client = new HypercallClient(port);
            int persistent = (int)client.NewPool(default, HypercallClient.PersistentPool);
            int ephemeral = (int)client.NewPool(default, HypercallClient.EphemeralPool);
            frames.GetPage(1).Fill(0x77);
            Assert.Equal(1, client.Put(persistent, 5, 6, frames.GetFrame(1)));
            Assert.Equal(1, client.Put(ephemeral, 5, 6, frames.GetFrame(1)));
            Assert.Equal(1, client.Get(persistent, 5, 6, frames.GetFrame(2)));
            Assert.Equal(4096, frames.GetPage(2).Count((byte)0x77));
            frames.GetPage(2).Clear();
            Assert.Equal(1, client.Get(ephemeral, 5, 6, frames.GetFrame(2)));
            Assert.Equal(4096, frames.GetPage(2).Count((byte)0x77));
            Assert.Equal(-Errno.EEMPTY, client.Get(ephemeral, 5, 6, frames.GetFrame(2)));
            Assert.Equal(0, client.Get(persistent, 5, 7, frames.GetFrame(2)));
            Assert.Equal(1, client.FlushPage(persistent, 5, 6));
            Assert.Equal(1, client.FlushObject(persistent, 5));
            Assert.Equal(1, client.DestroyPool(persistent));
            Assert.Equal(0, client.DestroyPool(persistent));
            Assert.Equal(-Errno.EFAULT, client.Put(ephemeral, 5, 6, 0x12345678));
            Assert.True(frames.Verify());
        }

        xen.AssertNothingIsHeld();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Whichever_ioctl_fails_nothing_stays_locked_mapped_or_reserved(string way)
    {
        int total = CountIoctls(way);
        Assert.True(total >= 4, $"Only {total} ioctls.");
        for (int n = 2; n <= total; n++)
        {
            using var xen = new FakeXen(s_xen412) { FailAtIoctl = n };
            using XenPort port = xen.Open();
            MachineFrames? frames = null;
            Exception? refused = Record.Exception(() => frames = Get(way, port, 3));
            if (refused is null)
            {
                // What fails is giving back; the frames are lost to the domain, and all else must still be undone.
                frames!.Dispose();
                Assert.Equal("allocated", way);
                Assert.Equal(total, n);
                Assert.Equal(0, xen.Buffers.RentedBytes);
                Assert.Equal(0, xen.Memory.LockedCount);
                continue;
            }

            Assert.IsType<HypercallException>(refused);
            Assert.Equal(n, Math.Min(n, xen.IoctlCount));
            xen.AssertNothingIsHeld();
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Whichever_lock_fails_nothing_stays_locked_mapped_or_reserved(string way)
    {
        int locks = CountLocks(way);
        Assert.True(locks >= 4, $"Only {locks} locks.");
        for (int n = 1; n <= locks; n++)
        {
            using var xen = new FakeXen(s_xen412);
            xen.Memory.FailAtLock = n;
            using XenPort port = xen.Open();
            Assert.Throws<HypercallBufferException>(() => Get(way, port, 3).Dispose());
            xen.AssertNothingIsHeld();
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Address_space_that_cannot_be_had_leaves_nothing_behind(string way)
    {
        using var xen = new FakeXen(s_xen412) { MapDeviceAnswer = -Errno.ENOMEM };
        using XenPort port = xen.Open();
        HypercallException refused = Assert.Throws<HypercallException>(() => Get(way, port, 3));
        Assert.Equal(-Errno.ENOMEM, refused.Result);
        xen.AssertNothingIsHeld();
    }

    [Fact]
    public void One_frame_refused_among_many_leaves_nothing_behind()
    {
        using var xen = new FakeXen(s_xen412) { FrameError = -Errno.EINVAL };
        using XenPort port = xen.Open();
        HypercallException refused = Assert.Throws<HypercallException>(() => MachineFrames.Allocate(port, 3));
        Assert.Equal(-Errno.EINVAL, refused.Result);
        xen.AssertNothingIsHeld();
    }

    [Fact]
    public void Fewer_frames_than_asked_for_go_back_and_the_reason_is_named()
    {
        using var xen = new FakeXen(s_xen412) { HeadroomCount = 2 };
        using XenPort port = xen.Open();
        HypercallException refused = Assert.Throws<HypercallException>(() => MachineFrames.Allocate(port, 3));
        Assert.Equal(-Errno.ENOMEM, refused.Result);
        Assert.Contains("2 machine frames instead of 3", refused.Message, StringComparison.Ordinal);
        Assert.Contains("maximum of memory", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, xen.HeadroomCount);
        xen.AssertNothingIsHeld();
    }

    [Fact]
    public void Of_two_domains_with_the_same_physical_frame_the_own_one_is_found()
    {
        using var xen = new FakeXen(s_xen412) { HasTwin = true };
        using XenPort port = xen.Open();
        using (MachineFrames frames = MachineFrames.Translate(port, 3))
        {
            Assert.True(frames.Verify());
            Assert.Equal(4096, frames.GetPage(0).Count((byte)0));
        }

        xen.AssertNothingIsHeld();
    }

    [Fact]
    public void A_frame_that_is_not_in_the_table_is_an_error()
    {
        using var xen = new FakeXen(s_xen412) { FrameLast = 1000 };
        using XenPort port = xen.Open();
        HypercallException refused = Assert.Throws<HypercallException>(() => MachineFrames.Translate(port, 3));
        Assert.Contains("0 candidates", refused.Message, StringComparison.Ordinal);
        xen.AssertNothingIsHeld();
    }

    [Fact]
    public void In_a_translated_domain_the_kernels_frame_numbers_serve_as_they_are()
    {
        using var xen = new FakeXen(s_xen412) { IsTranslated = true };
        using XenPort port = xen.Open();
        using (MachineFrames frames = MachineFrames.Translate(port, 2))
        {
            Assert.Equal(frames.GetFrame(0) + 1, frames.GetFrame(1));
            var client = new HypercallClient(port);
            int pool = (int)client.NewPool(default, HypercallClient.PersistentPool);
            frames.GetPage(0).Fill(3);
            Assert.Equal(1, client.Put(pool, 1, 1, frames.GetFrame(0)));
            Assert.Equal(1, client.Get(pool, 1, 1, frames.GetFrame(1)));
            Assert.Equal(4096, frames.GetPage(1).Count((byte)3));
        }

        Assert.Throws<NotSupportedException>(() => MachineFrames.Allocate(port, 2));
        xen.AssertNothingIsHeld();
    }

    [Fact]
    public void Missing_rights_to_see_physical_frames_are_named()
    {
        using var xen = new FakeXen(s_xen412) { PhysicalAnswer = -Errno.EPERM };
        using XenPort port = xen.Open();
        HypercallException refused = Assert.Throws<HypercallException>(() => MachineFrames.Translate(port, 1));
        Assert.Contains("CAP_SYS_ADMIN", refused.Message, StringComparison.Ordinal);
        xen.AssertNothingIsHeld();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Frames_given_back_cannot_be_used(string way)
    {
        using var xen = new FakeXen(s_xen412);
        using XenPort port = xen.Open();
        MachineFrames frames = Get(way, port, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => frames.GetFrame(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => frames.GetPage(-1).Length);
        frames.Dispose();
        frames.Dispose();
        Assert.Throws<ObjectDisposedException>(() => frames.GetFrame(0));
        Assert.Throws<ObjectDisposedException>(() => frames.GetPage(0).Length);
        Assert.Throws<ObjectDisposedException>(() => frames.Verify());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(MachineFrames.PageCountMax + 1)]
    public void A_count_that_makes_no_sense_is_refused(int pageCount)
    {
        using var xen = new FakeXen(s_xen412);
        using XenPort port = xen.Open();
        Assert.Throws<ArgumentOutOfRangeException>(() => MachineFrames.Allocate(port, pageCount));
        Assert.Throws<ArgumentOutOfRangeException>(() => MachineFrames.Translate(port, pageCount));
    }

    [PageMapFact]
    public void The_kernel_tells_the_frames_of_locked_memory()
    {
        using var pool = new HypercallBufferPool();
        using HypercallBuffer buffer = pool.Rent(3 * 4096);
        var frames = new ulong[3];
        Assert.Equal(0, PageMap.Read(buffer.DangerousAddress, frames));
        Assert.Equal(3, frames.Distinct().Count());
        Assert.DoesNotContain(0ul, frames);
    }

    private static MachineFrames Get(string way, XenPort port, int pageCount) =>
        way == "allocated" ? MachineFrames.Allocate(port, pageCount) : MachineFrames.Translate(port, pageCount);

    private static int CountIoctls(string way)
    {
        using var xen = new FakeXen(s_xen412);
        using XenPort port = xen.Open();
        Get(way, port, 3).Dispose();
        xen.AssertNothingIsHeld();
        return xen.IoctlCount;
    }

    private static int CountLocks(string way)
    {
        using var xen = new FakeXen(s_xen412);
        using XenPort port = xen.Open();
        Get(way, port, 3).Dispose();
        return xen.Memory.LockCount;
    }

    private sealed class PageMapFactAttribute : FactAttribute
    {
        public PageMapFactAttribute()
        {
            if (!Environment.IsPrivilegedProcess)
            {
                Skip = "The kernel shows physical frames to root only.";
            }
        }
    }
}
