using System.Text;
using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Memory;

/// <summary>What is read of a machine: whole files, odd ones, and none at all.</summary>
public sealed class MachineReaderTests
{
    private const string Memory = "MemTotal:       16777216 kB\nMemFree:          524288 kB\nMemAvailable:    8388608 kB\nBuffers:           55416 kB\n";

    private const string Pressure =
        "some avg10=12.50 avg60=3.00 avg300=1.00 total=2500000\nfull avg10=2.25 avg60=0.50 avg300=0.10 total=1000000\n";

    private const string Statistics =
        "anon 1000\nfile 900000\nkernel 5\nfile_dirty 4096\nfile_writeback 8192\ninactive_anon 77\nactive_anon 88\n"
        + "inactive_file 409600\nactive_file 204800\nslab_reclaimable 8192\nslab_unreclaimable 1\nworkingset_refault_file 9\n";

    [Fact]
    public void A_machine_without_groups_is_read_with_its_pressure()
    {
        using MachineFolder folder = new MachineFolder().With("proc/meminfo", Memory).With("proc/pressure/memory", Pressure);

        MemoryScope machine = Assert.Single(Read(folder));

        Assert.Equal(
            new MemoryScope(
                "the machine", 16L << 30, 8L << 30, new MemoryPressure(0.125, TimeSpan.FromSeconds(2.5), 0.0225, TimeSpan.FromSeconds(1))),
            machine);
    }

    [Fact]
    public void Every_group_above_the_process_that_has_a_limit_is_read_and_caches_of_files_count_as_available()
    {
        using MachineFolder folder = new MachineFolder()
            .With("proc/meminfo", Memory)
            .With("proc/self/cgroup", "0::/a.slice/b.service\n")
            .With("sys/fs/cgroup/a.slice/b.service/memory.max", "1048576\n")
            .With("sys/fs/cgroup/a.slice/b.service/memory.high", "max\n")
            .With("sys/fs/cgroup/a.slice/b.service/memory.current", "700000\n")
            .With("sys/fs/cgroup/a.slice/b.service/memory.stat", Statistics)
            .With("sys/fs/cgroup/a.slice/b.service/memory.pressure", Pressure)
            .With("sys/fs/cgroup/a.slice/memory.max", "max\n")
            .With("sys/fs/cgroup/a.slice/memory.high", "2097152\n")
            .With("sys/fs/cgroup/a.slice/memory.current", "3000000\n")
            .With("sys/fs/cgroup/memory.max", "max\n");

        IReadOnlyList<MemoryScope> scopes = Read(folder);

        Assert.Equal(["the machine", "the control group /a.slice/b.service", "the control group /a.slice"], scopes.Select(static one => one.Name));
        const long Reclaimable = 409_600 + 102_400 - 4096 - 8192 + 4096;
        Assert.Equal((1_048_576, 1_048_576 - 700_000 + Reclaimable), (scopes[1].SizeBytes, scopes[1].AvailableBytes));
        Assert.Equal(0.125, scopes[1].Pressure!.SomeShare);

        // Beyond its limit: less than nothing is available.
        Assert.Equal((2_097_152, 2_097_152 - 3_000_000, null), (scopes[2].SizeBytes, scopes[2].AvailableBytes, scopes[2].Pressure));
    }

    [Fact]
    public void The_lower_of_two_limits_counts_and_a_container_shows_its_own_group_as_the_root()
    {
        using MachineFolder folder = new MachineFolder()
            .With("proc/meminfo", Memory)
            .With("proc/self/cgroup", "0::/\n")
            .With("sys/fs/cgroup/memory.max", "4096000\n")
            .With("sys/fs/cgroup/memory.high", "2048000\n")
            .With("sys/fs/cgroup/memory.current", "48000\n");

        MemoryScope group = Read(folder)[1];

        Assert.Equal(("the control group /", 2_048_000, 2_000_000), (group.Name, group.SizeBytes, group.AvailableBytes));
    }

    [Fact]
    public void Groups_of_the_first_version_are_read_too()
    {
        using MachineFolder folder = new MachineFolder()
            .With("proc/meminfo", Memory)
            .With("proc/self/cgroup", "5:devices:/\n4:cpu,memory:/jobs/7\n0::/\n")
            .With("sys/fs/cgroup/memory/jobs/7/memory.limit_in_bytes", "1000000\n")
            .With("sys/fs/cgroup/memory/jobs/7/memory.usage_in_bytes", "600000\n")
            .With("sys/fs/cgroup/memory/jobs/7/memory.stat", "inactive_file 5\ntotal_inactive_file 100000\ntotal_active_file 50000\ntotal_dirty 1000\n")
            .With("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
            .With("sys/fs/cgroup/memory/memory.usage_in_bytes", "600000\n");

        IReadOnlyList<MemoryScope> scopes = Read(folder);

        Assert.Equal(2, scopes.Count);
        Assert.Equal(("the control group /jobs/7", 1_000_000, 524_000), (scopes[1].Name, scopes[1].SizeBytes, scopes[1].AvailableBytes));
    }

    [Theory]
    [InlineData("proc/meminfo", "")]
    [InlineData("proc/meminfo", "MemTotal: many kB\nMemAvailable: 5 kB\n")]
    [InlineData("proc/meminfo", "MemTotal: 100 kB\n")]
    [InlineData("proc/meminfo", "MemAvailable: 100 kB\n")]
    [InlineData("proc/meminfo", "MemTotal: -5 kB\nMemAvailable: -7 kB\n")]
    [InlineData("proc/meminfo", "MemTotal: 99999999999999999999999999 kB\nMemAvailable: 1 kB\n")]
    [InlineData("proc/meminfo", "NotMemTotal: 100 kB\nNotMemAvailable: 100 kB\n")]
    public void A_machine_that_does_not_tell_is_none(string path, string text)
    {
        using MachineFolder folder = new MachineFolder().With(path, text);
        Assert.Empty(Read(folder));
    }

    [Fact]
    public void A_machine_without_files_is_none()
    {
        using var folder = new MachineFolder();
        Assert.Empty(Read(folder));
    }

    [Theory]
    [InlineData("memory.max", "0x1000")]
    [InlineData("memory.max", "")]
    [InlineData("memory.max", "-4096")]
    [InlineData("memory.max", "max")]
    [InlineData("memory.max", "17179869184")]
    [InlineData("memory.current", "much")]
    [InlineData("memory.current", "")]
    public void A_group_whose_limit_or_use_makes_no_sense_has_none(string file, string text)
    {
        using MachineFolder folder = new MachineFolder()
            .With("proc/meminfo", Memory)
            .With("proc/self/cgroup", "0::/g\n")
            .With("sys/fs/cgroup/g/memory.max", "1000000")
            .With("sys/fs/cgroup/g/memory.current", "1000");
        Assert.Equal(2, Read(folder).Count);
        folder.With("sys/fs/cgroup/g/" + file, text);
        Assert.Single(Read(folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("some avg10=1.00 avg60=1.00 avg300=1.00\n")]
    [InlineData("some avg10=1.00 total=many\n")]
    [InlineData("full avg10=1.00 total=5\n")]
    [InlineData("\0\0\0\0")]
    public void Pressure_that_makes_no_sense_is_none(string text) => Assert.Null(MachineReader.PressureFrom(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("some avg10=999.00 total=5\n", 0, 5)]
    [InlineData("some avg10=-1.00 total=5\n", 0, 5)]
    [InlineData("some avg10=x total=5\n", 0, 5)]
    [InlineData("some total=5", 0, 5)]
    [InlineData("some avg10=50.00 avg60=0.00 avg300=0.00 total=7", 0.5, 7)]
    public void Pressure_without_a_part_that_makes_sense_has_the_rest(string text, double share, int microseconds)
    {
        MemoryPressure pressure = MachineReader.PressureFrom(Encoding.UTF8.GetBytes(text))!;
        Assert.Equal((share, TimeSpan.FromMicroseconds(microseconds), 0, TimeSpan.Zero), (pressure.SomeShare, pressure.SomeTime, pressure.FullShare, pressure.FullTime));
    }

    [Fact]
    public void A_membership_that_leads_out_of_the_tree_is_not_followed()
    {
        using MachineFolder folder = new MachineFolder()
            .With("proc/meminfo", Memory)
            .With("proc/self/cgroup", "0::/../../secret\n")
            .With("sys/fs/secret/memory.max", "1000")
            .With("sys/fs/secret/memory.current", "10")
            .With("sys/secret/memory.max", "1000")
            .With("sys/secret/memory.current", "10");
        Assert.Equal(["the machine"], Read(folder).Select(static scope => scope.Name));
    }

    [Fact]
    public void Files_longer_than_expected_are_read_as_far_as_they_are_wanted()
    {
        using MachineFolder folder = new MachineFolder().With("proc/meminfo", Memory + new string('x', 100_000));
        Assert.Single(Read(folder));
    }

    [Fact]
    public void This_machine_is_read()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        MemoryScope machine = new MachineReader().Read().Scopes[0];
        Assert.Equal(MachineMemory.TotalFrom(File.ReadAllLines("/proc/meminfo")), machine.SizeBytes);
        Assert.InRange(machine.AvailableBytes, 1, machine.SizeBytes);
    }

    private static IReadOnlyList<MemoryScope> Read(MachineFolder folder)
    {
        var reader = new MachineReader(folder.FullName);
        reader.Read();
        return reader.Read().Scopes;
    }
}
