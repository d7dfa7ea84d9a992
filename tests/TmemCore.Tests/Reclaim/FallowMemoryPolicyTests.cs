using TmemCore.Memory;
using TmemCore.Reclaim;
using TmemCore.Statistics;
using Xunit;

namespace TmemCore.Tests.Reclaim;

/// <summary>The policy alone, against machines that are made up: it takes what lies fallow, gives back before others suffer, and does not swing.</summary>
public sealed class FallowMemoryPolicyTests
{
    private const long Gibibyte = SimulatedMachine.Gibibyte;
    private const long Mebibyte = Hosts.Mebibyte;

    [Theory]
    [InlineData(10, 16 * 1024, TargetReason.Capacity)]
    [InlineData(20, 12 * 1024, TargetReason.Fallow)]
    public void The_first_reading_allows_what_lies_fallow_at_once(int othersGibibytes, int availableMebibytes, TargetReason reason)
    {
        var machine = new SimulatedMachine();
        machine.Step(othersGibibytes * Gibibyte);

        // A twentieth of 32 GiB stays free, and half of the band above it.
        long fallow = (availableMebibytes * Mebibyte) - machine.ReserveBytes - (machine.BandBytes / 2);
        Assert.Equal(32 * Gibibyte / 20, machine.ReserveBytes);
        Assert.Equal(reason == TargetReason.Capacity ? machine.CapacityBytes : fallow, machine.TargetBytes);
        Assert.Equal(reason, machine.Last.Reason);
    }

    [Fact]
    public void A_host_that_is_short_at_its_beginning_takes_nothing()
    {
        var machine = new SimulatedMachine();
        machine.Step(31 * Gibibyte);
        Assert.Equal((0, TargetReason.Floor), (machine.TargetBytes, machine.Last.Reason));
    }

    [Theory]
    [InlineData(0, 256)]
    [InlineData(1024, 1024)]
    [InlineData(8192, 4096)]
    public void What_stays_free_is_an_option_and_never_more_than_the_machine(int reserveMebibytes, int expectedMebibytes)
    {
        var machine = new SimulatedMachine(new FallowMemoryOptions { ReserveBytes = reserveMebibytes * Mebibyte }) { TotalBytes = 4 * Gibibyte };
        Assert.Equal(expectedMebibytes * Mebibyte, machine.ReserveBytes);
    }

    [Fact]
    public void Memory_that_others_begin_to_use_is_given_back_in_the_same_reading()
    {
        SimulatedMachine machine = Settled(othersBytes: 8 * Gibibyte);
        Assert.Equal(16 * Gibibyte, machine.CommittedBytes);

        // 8 GiB were free beyond the host; 7 of them are used at one stroke.
        FallowMemoryDecision decision = machine.Step(15 * Gibibyte);

        Assert.Equal(TargetReason.Short, decision.Reason);
        Assert.Equal(machine.ReserveBytes, machine.AvailableBytes(15 * Gibibyte));
        Assert.Empty(machine.Broken());
    }

    [Fact]
    public void Eight_gibibytes_that_are_asked_for_at_once_are_free_within_ten_readings()
    {
        var machine = new SimulatedMachine { TotalBytes = 16 * Gibibyte, CapacityBytes = 8 * Gibibyte };
        Settle(machine, 7 * Gibibyte);
        Assert.Equal(8 * Gibibyte, machine.CommittedBytes);
        long others = 7 * Gibibyte;
        int readings = 0;
        for (; others < 15 * Gibibyte; readings++)
        {
            // They take whatever there is, and wait for the rest.
            others = Math.Min(15 * Gibibyte, machine.TotalBytes - machine.CommittedBytes);
            machine.Step(others, someStall: 0.9);
        }

        Assert.InRange(readings, 2, 10);
        Assert.Empty(machine.Broken());
    }

    [Fact]
    public void One_bad_reading_costs_half_of_what_is_held_or_a_gibibyte_and_what_it_cost_comes_back_slowly()
    {
        SimulatedMachine machine = Settled(othersBytes: 8 * Gibibyte);
        machine.Step(500 * Gibibyte);
        Assert.Equal(8 * Gibibyte, machine.TargetBytes);
        machine.Step(500 * Gibibyte);
        machine.Step(500 * Gibibyte);
        machine.Step(500 * Gibibyte);
        Assert.Equal(Gibibyte, machine.TargetBytes);
        machine.Step(500 * Gibibyte);
        Assert.Equal((0, TargetReason.Floor), (machine.TargetBytes, machine.Last.Reason));

        for (int i = 0; i < FallowMemoryPolicy.CalmReadings - 1; i++)
        {
            Assert.Equal(TargetReason.Calming, machine.Step(8 * Gibibyte).Reason);
        }

        Assert.Equal(0, machine.TargetBytes);
        Assert.Equal(TargetReason.Growing, machine.Step(8 * Gibibyte).Reason);
        Assert.Equal(machine.Options.GrowBytesPerSecond / 10, machine.TargetBytes);
        for (int i = 0; i < 1000; i++)
        {
            machine.Step(8 * Gibibyte);
        }

        Assert.Equal((machine.CapacityBytes, TargetReason.Capacity), (machine.TargetBytes, machine.Last.Reason));
        Assert.Equal(1, machine.Turns);
        Assert.Empty(machine.Broken());
    }

    [Fact]
    public void When_no_task_gets_on_all_that_is_missing_goes_at_once()
    {
        SimulatedMachine machine = Settled(othersBytes: 8 * Gibibyte);
        machine.Step(500 * Gibibyte, someStall: 0.9, fullStall: 0.5);
        Assert.Equal(0, machine.TargetBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Noise_of_half_a_band_moves_nothing(int seed)
    {
        var random = new Random(seed);
        var machine = new SimulatedMachine();
        long Noise() => random.NextInt64(-machine.BandBytes / 2, machine.BandBytes / 2);
        for (int i = 0; i < 2000; i++)
        {
            machine.Step((20 * Gibibyte) + Noise());
        }

        Assert.Equal(0, machine.Rises);
        Assert.InRange(machine.Decisions[0].TargetBytes - machine.TargetBytes, 0, machine.BandBytes);
        Assert.Empty(machine.Broken());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Noise_of_several_bands_keeps_the_target_near_the_least_that_lay_fallow(int seed)
    {
        var random = new Random(seed);
        var machine = new SimulatedMachine();
        for (int i = 0; i < 2000; i++)
        {
            machine.Step((20 * Gibibyte) + random.NextInt64(-3 * machine.BandBytes, 3 * machine.BandBytes));
        }

        // It rises from there by some readings' steps and falls again, far below what lies fallow on average.
        IEnumerable<long> settled = machine.Decisions.Skip(200).Select(static decision => decision.TargetBytes);
        Assert.InRange(settled.Max() - settled.Min(), 0, 2 * machine.BandBytes);
        Assert.InRange(machine.Turns, 0, 2000 / (4 * FallowMemoryPolicy.CalmReadings));
        Assert.Empty(machine.Broken());
    }

    [Fact]
    public void A_ramp_is_followed_so_that_others_never_wait()
    {
        SimulatedMachine machine = Settled(othersBytes: 8 * Gibibyte);
        const long PerReading = 100 * Mebibyte;
        for (long others = 8 * Gibibyte; others < 30 * Gibibyte; others += PerReading)
        {
            machine.Step(others);
            Assert.InRange(machine.AvailableBytes(others), machine.ReserveBytes, machine.TotalBytes);
            Assert.InRange(machine.AvailableBytes(others + PerReading), 1, machine.TotalBytes);
        }

        Assert.Equal(0, machine.Rises);
        Assert.Empty(machine.Broken());
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(9, 0)]
    [InlineData(40, 1)]
    public void A_sawtooth_turns_the_target_once_a_tooth_at_most_and_not_at_all_when_it_is_quick(int readingsPerSide, int turnsPerTooth)
    {
        SimulatedMachine machine = Settled(othersBytes: 8 * Gibibyte);
        const int Teeth = 20;
        for (int i = 0; i < Teeth * 2 * readingsPerSide; i++)
        {
            machine.Step(i / readingsPerSide % 2 == 0 ? 22 * Gibibyte : 12 * Gibibyte);
        }

        Assert.InRange(machine.Turns, turnsPerTooth * (Teeth - 1), turnsPerTooth * Teeth);
        Assert.Empty(machine.Broken());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Bursts_are_answered_at_once_and_forgotten_slowly(int seed)
    {
        var random = new Random(seed);
        SimulatedMachine machine = Settled(othersBytes: 8 * Gibibyte);
        for (int burst = 0; burst < 30; burst++)
        {
            long others = random.NextInt64(18, 30) * Gibibyte;
            for (int i = random.Next(3, 6); i > 0; i--)
            {
                machine.Step(others);
            }

            Assert.InRange(machine.AvailableBytes(others), machine.ReserveBytes, machine.TotalBytes);
            for (int i = random.Next(1, 30); i > 0; i--)
            {
                machine.Step(8 * Gibibyte);
            }
        }

        Assert.InRange(machine.Turns, 1, 30);
        Assert.Empty(machine.Broken());
    }

    [Fact]
    public void While_tasks_wait_nothing_more_is_taken_and_with_much_available_nothing_is_given_back()
    {
        SimulatedMachine machine = Settled(othersBytes: 20 * Gibibyte);
        long target = machine.TargetBytes;
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(TargetReason.Pressure, machine.Step(10 * Gibibyte, someStall: 0.2).Reason);
            Assert.Equal(TargetReason.Pressure, machine.Step(10 * Gibibyte, someStall: 0.03, fullStall: 0.02).Reason);
        }

        Assert.Equal(target, machine.TargetBytes);
        for (int i = 0; i < FallowMemoryPolicy.CalmReadings; i++)
        {
            machine.Step(10 * Gibibyte, someStall: 0.09, fullStall: 0.01);
        }

        Assert.True(machine.TargetBytes > target);
        Assert.Empty(machine.Broken());
    }

    [Fact]
    public void While_tasks_wait_and_little_is_left_twice_as_much_is_kept_free()
    {
        SimulatedMachine machine = Settled(othersBytes: 20 * Gibibyte);
        long others = 20 * Gibibyte;
        FallowMemoryDecision decision = machine.Step(others, someStall: 0.5);

        Assert.Equal((TargetReason.Pressure, 0.5), (decision.Reason, decision.SomeStall));
        Assert.Equal(2 * machine.ReserveBytes, machine.AvailableBytes(others));

        // It waits on, for something else: no more goes, and none is taken.
        long target = machine.TargetBytes;
        for (int i = 0; i < 50; i++)
        {
            machine.Step(others, someStall: 0.5);
        }

        Assert.Equal(target, machine.TargetBytes);
        for (int i = 0; i < 200; i++)
        {
            machine.Step(others);
        }

        Assert.InRange(machine.TargetBytes, target + machine.ReserveBytes - machine.BandBytes, target + machine.ReserveBytes);
        Assert.Equal(1, machine.Turns);
    }

    [Fact]
    public void What_is_never_given_up_and_the_floor_of_the_options_stay()
    {
        foreach ((long kept, long floor) in ((long, long)[])[(3 * Gibibyte, 0), (0, 3 * Gibibyte), (3 * Gibibyte, Gibibyte)])
        {
            var machine = new SimulatedMachine(new FallowMemoryOptions { FloorBytes = floor }) { KeptBytes = kept };
            Settle(machine, 8 * Gibibyte);
            for (int i = 0; i < 10; i++)
            {
                machine.Step(100 * Gibibyte, someStall: 1, fullStall: 1);
            }

            Assert.Equal((3 * Gibibyte, TargetReason.Floor), (machine.TargetBytes, machine.Last.Reason));
            Assert.Empty(machine.Broken());
        }
    }

    [Fact]
    public void Memory_that_cannot_go_back_is_not_evicted_and_no_more_is_taken()
    {
        var machine = new SimulatedMachine { CanReturn = false, TakenPerReading = Gibibyte / 4 };
        for (int i = 0; i < 20; i++)
        {
            machine.Step(8 * Gibibyte);
        }

        long held = machine.CommittedBytes;
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(TargetReason.KeptByBacking, machine.Step(26 * Gibibyte).Reason);
        }

        Assert.Equal((held, held), (machine.CommittedBytes, machine.TargetBytes));
    }

    [Fact]
    public void Where_nothing_is_read_the_target_stays()
    {
        SimulatedMachine machine = Settled(othersBytes: 20 * Gibibyte);
        long target = machine.TargetBytes;
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(TargetReason.NoReading, machine.Step(new MachineReading([])).Reason);
        }

        Assert.Equal(target, machine.TargetBytes);
        var blind = new SimulatedMachine();
        blind.Step(new MachineReading([]));
        Assert.Equal(blind.CapacityBytes, blind.TargetBytes);
    }

    [Fact]
    public void The_scope_with_the_least_to_spare_decides_and_a_group_keeps_a_quarter_of_its_limit_at_most()
    {
        var machine = new SimulatedMachine();
        MachineReading Reading(long groupAvailable) => new(
        [
            new MemoryScope(MachineReader.Machine, 32 * Gibibyte, 20 * Gibibyte, null),
            new MemoryScope("the control group /a", 2 * Gibibyte, groupAvailable, null),
            new MemoryScope("the control group /", 8 * Gibibyte, 6 * Gibibyte, null),
        ]);
        FallowMemoryDecision decision = machine.Step(Reading(Gibibyte));

        Assert.Equal("the control group /a", decision.Scope!.Name);
        Assert.Equal(256 * Mebibyte, decision.ReserveBytes);
        Assert.Equal(Gibibyte - (256 * Mebibyte) - (32 * Mebibyte), decision.TargetBytes);
        var large = new FallowMemoryPolicy(new FallowMemoryOptions { ReserveBytes = 4 * Gibibyte });
        Assert.Equal(512 * Mebibyte, large.ReserveOf(decision.Scope));

        // Beyond its limit.
        Assert.Equal(TargetReason.Floor, machine.Step(Reading(-Gibibyte)).Reason);
    }

    [Fact]
    public void A_counter_of_waiting_that_began_anew_is_replaced_by_the_systems_own_average()
    {
        var policy = new FallowMemoryPolicy(new FallowMemoryOptions());
        var held = new HeldMemory(0, 0, Gibibyte, Gibibyte, CanReturn: true);
        FallowMemoryDecision Next(double average, double totalSeconds, double elapsedSeconds) => policy.Next(
            new MachineReading(
            [
                new MemoryScope(MachineReader.Machine, 32 * Gibibyte, 16 * Gibibyte, new MemoryPressure(average, TimeSpan.FromSeconds(totalSeconds), 0, default)),
            ]),
            held,
            TimeSpan.FromSeconds(elapsedSeconds));

        Assert.Equal(0.25, Next(0.25, 100, 0).SomeStall);
        Assert.Equal(0.5, Next(0.25, 100.05, 0.1).SomeStall, 6);
        Assert.Equal(0.25, Next(0.25, 3, 0.1).SomeStall);
        Assert.Equal(1, Next(0.25, 30, 0.1).SomeStall);
        Assert.Equal(0, Next(0.25, 30, 0.1).SomeStall);
    }

    [Fact]
    public void A_long_time_between_two_readings_counts_as_a_second()
    {
        var policy = new FallowMemoryPolicy(new FallowMemoryOptions());
        var held = new HeldMemory(0, 0, Gibibyte, 16 * Gibibyte, CanReturn: true);
        FallowMemoryDecision decision = null!;
        for (int i = 0; i <= FallowMemoryPolicy.CalmReadings; i++)
        {
            var reading = new MachineReading([new MemoryScope(MachineReader.Machine, 32 * Gibibyte, 31 * Gibibyte, null)]);
            decision = policy.Next(reading, held, i == 0 ? TimeSpan.Zero : TimeSpan.FromHours(1));
        }

        Assert.Equal(Gibibyte + (256 * Mebibyte), decision.TargetBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Whatever_others_do_the_bounds_hold_and_the_same_readings_give_the_same_targets(int seed)
    {
        for (int run = 0; run < 100 * Hosts.Stress; run++)
        {
            Assert.Equal(Walk(seed + (run * 1000)), Walk(seed + (run * 1000)));
        }
    }

    private static List<FallowMemoryDecision> Walk(int seed)
    {
        var random = new Random(seed);
        var machine = new SimulatedMachine(new FallowMemoryOptions
        {
            FloorBytes = random.NextInt64(0, 2 * Gibibyte),
            ReserveBytes = random.Next(2) == 0 ? 0 : random.NextInt64(0, 4 * Gibibyte),
            GrowBytesPerSecond = random.NextInt64(Mebibyte, 4 * Gibibyte),
        })
        {
            KeptBytes = random.NextInt64(0, 4 * Gibibyte),
            TakenPerReading = random.NextInt64(0, Gibibyte),
        };
        long others = random.NextInt64(0, 32 * Gibibyte);
        for (int i = 0; i < 500; i++)
        {
            others = random.Next(20) == 0 ? random.NextInt64(0, 32 * Gibibyte) : Math.Clamp(others + random.NextInt64(-Gibibyte, Gibibyte), 0, 32 * Gibibyte);
            bool isStalled = random.Next(10) == 0;
            machine.Step(others, isStalled ? random.NextDouble() : 0, isStalled ? random.NextDouble() / 2 : 0);
        }

        Assert.Empty(machine.Broken());
        return [.. machine.Decisions];
    }

    private static SimulatedMachine Settled(long othersBytes)
    {
        var machine = new SimulatedMachine();
        Settle(machine, othersBytes);
        return machine;
    }

    private static void Settle(SimulatedMachine machine, long othersBytes)
    {
        for (int i = 0; i < 40; i++)
        {
            machine.Step(othersBytes);
        }
    }
}
