using TmemCore.Memory;
using TmemCore.Statistics;
using Xunit;

namespace TmemCore.Tests.Reclaim;

/// <summary>The policy alone, against what a real machine told: see the head of each recording.</summary>
public sealed class RecordedPressureTests
{
    private const long Gibibyte = SimulatedMachine.Gibibyte;

    [Theory]
    [InlineData("allocations.csv", 20)]
    [InlineData("allocations.csv", 4)]
    [InlineData("builds.csv", 20)]
    [InlineData("thrashing.csv", 20)]
    public void A_recorded_machine_keeps_its_reserve_and_the_target_does_not_swing(string recording, int capacityGibibytes)
    {
        IReadOnlyList<RecordedReading> readings = RecordedMachine.Read(recording);
        SimulatedMachine machine = Play(readings, capacityGibibytes);

        Assert.True(readings.Count >= 290, $"There are {readings.Count} readings.");
        Assert.Empty(machine.Broken());

        // A turn upwards wants ten calm readings behind a fall, and others that let go of a band: as often as that happened, and no more.
        Assert.InRange(machine.Turns, 0, LetGo(readings, machine.BandBytes));
    }

    [Fact]
    public void Allocations_of_others_are_answered_and_outlived()
    {
        IReadOnlyList<RecordedReading> readings = RecordedMachine.Read("allocations.csv");
        SimulatedMachine machine = Play(readings, capacityGibibytes: 20);

        Assert.Contains(machine.Decisions, static decision => decision.Reason == TargetReason.Short);
        Assert.Contains(machine.Decisions, static decision => decision.Reason == TargetReason.Growing);
        Assert.True(machine.Turns > 0);
        long least = machine.Decisions.Min(static decision => decision.TargetBytes);
        long most = machine.Decisions.Max(static decision => decision.TargetBytes);
        Assert.True(most - least > 4 * Gibibyte, $"{least} to {most}");
    }

    [Fact]
    public void Tasks_that_wait_in_a_group_of_their_own_cost_nothing_and_nothing_is_taken_meanwhile()
    {
        SimulatedMachine machine = Play(RecordedMachine.Read("thrashing.csv"), capacityGibibytes: 20);
        Assert.DoesNotContain(
            machine.Decisions.Zip(machine.Decisions.Skip(1)),
            static pair => pair.Second.SomeStall >= 0.1 && pair.Second.TargetBytes > pair.First.TargetBytes);
        Assert.DoesNotContain(machine.Decisions, static decision => decision.Reason == TargetReason.Short);
        Assert.Contains(machine.Decisions, static decision => decision.SomeStall > 0.1);
    }

    /// <summary>How often what was available rose by a band above its lowest point before it fell by one again.</summary>
    private static int LetGo(IReadOnlyList<RecordedReading> readings, long band)
    {
        int rises = 0;
        bool isHigh = true;
        long extreme = readings[0].AvailableBytes;
        foreach (RecordedReading reading in readings)
        {
            long now = reading.AvailableBytes;
            extreme = isHigh ? Math.Max(extreme, now) : Math.Min(extreme, now);
            if (isHigh ? now < extreme - (band / 2) : now > extreme + (band / 2))
            {
                rises += isHigh ? 0 : 1;
                isHigh = !isHigh;
                extreme = now;
            }
        }

        return rises;
    }

    private static SimulatedMachine Play(IReadOnlyList<RecordedReading> readings, int capacityGibibytes)
    {
        var machine = new SimulatedMachine { TotalBytes = readings[0].TotalBytes, CapacityBytes = capacityGibibytes * Gibibyte };
        foreach (RecordedReading reading in readings)
        {
            long others = reading.TotalBytes - reading.AvailableBytes;
            var scope = new MemoryScope(
                MachineReader.Machine, reading.TotalBytes, machine.AvailableBytes(others), new MemoryPressure(0, reading.SomeTime, 0, reading.FullTime));
            long held = machine.CommittedBytes;
            machine.Step(new MachineReading([scope]));

            // Unless a reading wants more than half at once, the reserve is there again when it has been answered.
            bool isWhole = held - machine.TargetBytes < Math.Max(held / 2, Gibibyte);
            Assert.True(!isWhole || machine.TargetBytes == 0 || machine.AvailableBytes(others) >= machine.ReserveBytes, $"{machine.Last}");
        }

        return machine;
    }
}
