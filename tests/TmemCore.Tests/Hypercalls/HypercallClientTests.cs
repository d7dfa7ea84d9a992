using TmemCore.Dispatch;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

public sealed class HypercallClientTests : IDisposable
{
    private readonly TmemHost _host = new(Hosts.Small with { Profile = TmemProfile.Xen, CapacityBytes = 16 * Hosts.Mebibyte });
    private readonly GuestMemory _memory = new();
    private readonly HypercallClient _client;
    private readonly int _pool;

    public HypercallClientTests()
    {
        _client = new HypercallClient(new InProcessPort(new TmemDispatcher(_host), clientId: 1, _memory), _memory);
        _pool = (int)_client.NewPool(default, HypercallClient.PersistentPool);
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_page_goes_in_and_out_by_its_lease_and_is_registered_for_the_call_only()
    {
        using HypercallBuffer source = HypercallBufferPool.Shared.Rent(4096);
        using HypercallBuffer target = HypercallBufferPool.Shared.Rent(4096);
        source.Span.Fill(0x5A);
        Assert.Equal(1, _client.Put(_pool, 7, 3, source));
        Assert.Equal(1, _client.Get(_pool, 7, 3, target));
        Assert.Equal(source.Span.ToArray(), target.Span.ToArray());
        Assert.Equal(0, _client.Get(_pool, 7, 4, target));
        Assert.False(IsRegistered(source));
        Assert.False(IsRegistered(target));
    }

    [Fact]
    public void A_page_goes_in_and_out_by_its_address()
    {
        using HypercallBuffer pages = HypercallBufferPool.Shared.Rent(2 * 4096);
        pages.Slice(0, 4096).Fill(0x5A);
        Assert.Equal(1, _client.DangerousPut(_pool, 7, 3, pages.DangerousAddress));
        Assert.Equal(1, _client.DangerousGet(_pool, 7, 3, pages.DangerousAddress + 4096));
        Assert.Equal(8192, pages.Span.Count((byte)0x5A));
        Assert.False(IsRegistered(pages));
    }

    [Fact]
    public void What_is_registered_anyway_stays_registered()
    {
        using HypercallBuffer page = HypercallBufferPool.Shared.Rent(4096);
        using GuestRegistration registration = _memory.Register(page, GuestAccess.ReadWrite);
        Assert.Equal(1, _client.Put(_pool, 7, 3, page));
        Assert.Equal(1, _client.Get(_pool, 7, 3, registration.FirstFrame));
        Assert.True(IsRegistered(page));
    }

    [Fact]
    public void A_lease_that_is_disposed_or_too_short_is_refused_and_nothing_is_called()
    {
        HypercallBuffer page = HypercallBufferPool.Shared.Rent(4096);
        page.Dispose();
        using HypercallBuffer shorter = HypercallBufferPool.Shared.Rent(4095);
        Assert.Throws<ObjectDisposedException>(() => _client.Put(_pool, 7, 3, page));
        Assert.Throws<ObjectDisposedException>(() => _client.Get(_pool, 7, 3, page));
        Assert.Contains("4095 bytes", Assert.Throws<ArgumentException>(() => _client.Put(_pool, 7, 3, shorter)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _client.Get(_pool, 7, 3, shorter));
        using HypercallBuffer target = HypercallBufferPool.Shared.Rent(4096);
        Assert.Equal(-Errno.EEMPTY, _client.Get(_pool, 7, 3, target));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(-4095)]
    public void An_address_that_no_page_begins_at_is_refused(int address)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _client.DangerousPut(_pool, 7, 3, address));
        Assert.Throws<ArgumentOutOfRangeException>(() => _client.DangerousGet(_pool, 7, 3, address));
    }

    [Fact]
    public void A_client_without_guest_memory_says_how_a_hypervisor_takes_pages()
    {
        using var xen = new FakeXen(new XenVersion(4, 12));
        using XenPort port = xen.Open();
        var client = new HypercallClient(port);
        using HypercallBuffer page = port.Buffers.Rent(4096);
        int ioctlCount = xen.IoctlCount;
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => client.Put(0, 7, 3, page));
        Assert.Contains("MachineFrames", refused.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => client.DangerousGet(0, 7, 3, page.DangerousAddress));
        Assert.Equal(ioctlCount, xen.IoctlCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_hypervisor_takes_pages_by_their_machine_frames(bool isAllocated)
    {
        using var xen = new FakeXen(new XenVersion(4, 12));
        using (XenPort port = xen.Open())
        {
            var client = new HypercallClient(port);
            int pool = (int)client.NewPool(default, HypercallClient.PersistentPool);
            MachineFrames frames = isAllocated ? MachineFrames.Allocate(port, 2) : MachineFrames.Translate(port, 2);
            frames.GetPage(0).Fill(0x5A);
            Assert.Equal(1, client.Put(pool, 7, 3, frames, 0));
            Assert.Equal(1, client.Get(pool, 7, 3, frames, 1));
            Assert.Equal(4096, frames.GetPage(1).Count((byte)0x5A));
            Assert.Throws<ArgumentOutOfRangeException>(() => client.Get(pool, 7, 3, frames, 2));
            frames.Dispose();
            Assert.Throws<ObjectDisposedException>(() => client.Put(pool, 7, 3, frames, 0));
            xen.AssertNothingIsHeld();
        }
    }

    [Fact]
    public void An_op_at_an_address_is_passed_as_it_is_and_trusted()
    {
        using var xen = new FakeXen(new XenVersion(4, 12));
        using XenPort port = xen.Open();
        using HypercallBuffer locked = port.Buffers.Rent(56);
        locked.Span[0] = 1;
        int locks = xen.Memory.LockCount;
        Assert.Equal(0, port.Call(HypercallNumber.TmemOp, HypercallArgument.Dangerous(locked.DangerousAddress, 56)));
        Assert.Equal(locks, xen.Memory.LockCount);
        Assert.Equal(-Errno.EFAULT, port.Call(HypercallNumber.TmemOp, HypercallArgument.Dangerous(locked.DangerousAddress, 55)));

        using HypercallBuffer elsewhere = HypercallBufferPool.Shared.Rent(56);
        Assert.Equal(-Errno.EFAULT, port.Call(HypercallNumber.TmemOp, HypercallArgument.Dangerous(elsewhere.DangerousAddress, 56)));
        Assert.Throws<ArgumentOutOfRangeException>(() => HypercallArgument.Dangerous(0, 56));
        Assert.Throws<ArgumentOutOfRangeException>(() => HypercallArgument.Dangerous(4096, -1));
    }

    private bool IsRegistered(HypercallBuffer buffer)
    {
        bool isOpen = _memory.TryOpen((ulong)buffer.DangerousAddress / 4096, GuestAccess.ReadOnly, out GuestPage page);
        page.Dispose();
        return isOpen;
    }
}
