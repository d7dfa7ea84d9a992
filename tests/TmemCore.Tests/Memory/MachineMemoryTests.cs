using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Memory;

public sealed class MachineMemoryTests
{
    [Fact]
    public void The_total_is_read_in_kibibytes()
    {
        Assert.Equal(16_384L << 10, MachineMemory.TotalFrom(["MemFree:  12 kB", "MemTotal:       16384 kB"]));
        Assert.Equal(long.MaxValue, MachineMemory.TotalFrom(["MemFree:  12 kB"]));
    }

    [Theory]
    [InlineData("1073741824", 1L << 30)]
    [InlineData("max", long.MaxValue)]
    [InlineData("", long.MaxValue)]
    [InlineData("-1", long.MaxValue)]
    public void The_limit_of_a_group_is_a_number_or_none(string text, long bytes)
    {
        Assert.Equal(bytes, MachineMemory.LimitFrom([text]));
        Assert.Equal(long.MaxValue, MachineMemory.LimitFrom([]));
    }

    [Fact]
    public void A_group_is_limited_by_those_above_it_too()
    {
        Assert.Equal(
            ["/sys/fs/cgroup/a/b/c", "/sys/fs/cgroup/a/b", "/sys/fs/cgroup/a", "/sys/fs/cgroup"],
            MachineMemory.GroupFolders(["1:name=x:/old", "0::/a/b/c"]));
        Assert.Equal(["/sys/fs/cgroup"], MachineMemory.GroupFolders(["0::/"]));
        Assert.Empty(MachineMemory.GroupFolders(["1:memory:/x"]));
    }

    [Fact]
    public void This_machine_has_memory_and_a_cache()
    {
        (long bytes, string source) = MachineMemory.Limit();
        Assert.InRange(bytes, 64L << 20, long.MaxValue - 1);
        Assert.False(string.IsNullOrEmpty(source));
        Assert.InRange(MachineMemory.LastLevelCacheBytes(), 1L << 18, 1L << 32);
    }
}
