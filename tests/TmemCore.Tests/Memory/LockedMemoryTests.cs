using System.ComponentModel;
using Xunit;

namespace TmemCore.Tests.Memory;

public sealed class LockedMemoryTests
{
    [Theory]
    [InlineData(BackingMemory.Anonymous)]
    [InlineData(BackingMemory.MemoryFile)]
    public void Locked_memory_is_given_back(BackingMemory backing)
    {
        var options = new TmemHostOptions { CapacityBytes = 8 << 20, LockMemory = true, Backing = backing };
        if (!OperatingSystem.IsLinux())
        {
            Assert.Throws<PlatformNotSupportedException>(() => new TmemHost(options));
            return;
        }

        using TmemHost? host = TryMake(options);
        if (host is null)
        {
            return;
        }

        using TmemClient client = host.CreateClient();
        using RetainingPool pool = client.CreateRetainingPool();
        for (uint index = 0; index < 4000; index++)
        {
            Assert.True(pool.TryPut(index / 8, index, Pages.Of(index)));
        }

        Assert.Empty(host.Verify());
        host.SetCapacity(4 << 20);
        Assert.InRange(host.CommittedBytes, 0, 4 << 20);
        for (uint index = 0; index < 4000; index += 2)
        {
            pool.FlushPage(index / 8, index);
        }

        Assert.True(host.Control.GiveBack(1 << 20) > 0);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void Portable_memory_cannot_be_locked_and_says_so()
    {
        var options = new TmemHostOptions { LockMemory = true, Backing = BackingMemory.Portable };
        var refusal = Assert.Throws<PlatformNotSupportedException>(() => new TmemHost(options));
        Assert.Contains(nameof(TmemHostOptions.LockMemory), refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Without the right to lock memory the refusal must name the limit, which is then all that can be shown.</summary>
    private static TmemHost? TryMake(TmemHostOptions options)
    {
        try
        {
            return new TmemHost(options);
        }
        catch (Win32Exception e)
        {
            Assert.Contains("ulimit -l", e.Message, StringComparison.Ordinal);
            Assert.Contains("RLIMIT_MEMLOCK", e.Message, StringComparison.Ordinal);
            return null;
        }
    }
}
