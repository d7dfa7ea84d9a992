using TmemCore.Memory;
using TmemCore.Reclaim;
using TmemCore.Statistics;

namespace TmemCore.Tests.Reclaim;

/// <summary>
/// A machine, others that use its memory, and a host that follows a policy and takes all it may: what a policy does, without a store, a clock or a
/// file. What the host holds above its target goes before the next reading, except what it may not give up.
/// </summary>
internal sealed class SimulatedMachine
{
    public const long Gibibyte = 1L << 30;

    private readonly FallowMemoryPolicy _policy;
    private readonly List<FallowMemoryDecision> _decisions = [];
    private TimeSpan _someTime;
    private TimeSpan _fullTime;

    public SimulatedMachine(FallowMemoryOptions? options = null)
    {
        Options = options ?? new FallowMemoryOptions();
        _policy = new FallowMemoryPolicy(Options);
        TargetBytes = CapacityBytes;
    }

    public FallowMemoryOptions Options { get; }

    public long TotalBytes { get; init; } = 32 * Gibibyte;

    public long CapacityBytes
    {
        get;
        init
        {
            field = value;
            TargetBytes = value;
        }
    } = 16 * Gibibyte;

    /// <summary>What the host never gives up.</summary>
    public long KeptBytes { get; init; }

    public bool CanReturn { get; init; } = true;

    /// <summary>How fast the host takes memory.</summary>
    public long TakenPerReading { get; init; } = Gibibyte;

    public long CommittedBytes { get; private set; }

    public long TargetBytes { get; private set; }

    public IReadOnlyList<FallowMemoryDecision> Decisions => _decisions;

    public FallowMemoryDecision Last => _decisions[^1];

    public long ReserveBytes => _policy.ReserveOf(new MemoryScope(MachineReader.Machine, TotalBytes, 0, null));

    public long BandBytes => ReserveBytes / 4;

    /// <summary>What others would have beside the host.</summary>
    public long AvailableBytes(long othersBytes) => TotalBytes - othersBytes - CommittedBytes;

    /// <summary>One reading, the host's answer to it, and what the host takes until the next.</summary>
    /// <param name="othersBytes">What others use.</param>
    /// <param name="someStall">The part of the time since the last reading in which tasks waited.</param>
    /// <param name="fullStall">The part in which none got on.</param>
    public FallowMemoryDecision Step(long othersBytes, double someStall = 0, double fullStall = 0)
    {
        _someTime += Options.Interval * someStall;
        _fullTime += Options.Interval * fullStall;
        var pressure = new MemoryPressure(someStall, _someTime, fullStall, _fullTime);
        return Step(new MachineReading([new MemoryScope(MachineReader.Machine, TotalBytes, AvailableBytes(othersBytes), pressure)]));
    }

    public FallowMemoryDecision Step(MachineReading reading)
    {
        var held = new HeldMemory(CommittedBytes, KeptBytes, TargetBytes, CapacityBytes, CanReturn);
        FallowMemoryDecision decision = _policy.Next(reading, held, _decisions.Count == 0 ? TimeSpan.Zero : Options.Interval);
        _decisions.Add(decision);
        TargetBytes = decision.TargetBytes;
        CommittedBytes = Math.Min(CommittedBytes, TargetBytes);
        CommittedBytes = Math.Max(CommittedBytes, Math.Min(CommittedBytes + TakenPerReading, TargetBytes));
        return decision;
    }

    /// <summary>Steps in which the target rose.</summary>
    public int Rises => _decisions.Zip(_decisions.Skip(1)).Count(static pair => pair.Second.TargetBytes > pair.First.TargetBytes);

    /// <summary>How often the target turned from falling to rising.</summary>
    public int Turns
    {
        get
        {
            int turns = 0;
            bool isFalling = false;
            foreach ((FallowMemoryDecision before, FallowMemoryDecision after) in _decisions.Zip(_decisions.Skip(1)))
            {
                turns += isFalling && after.TargetBytes > before.TargetBytes ? 1 : 0;
                isFalling = after.TargetBytes < before.TargetBytes || (isFalling && after.TargetBytes == before.TargetBytes);
            }

            return turns;
        }
    }

    /// <summary>What is wrong with the decisions whatever the readings were; empty when nothing is.</summary>
    public IEnumerable<string> Broken()
    {
        long floor = Math.Max(KeptBytes, Options.FloorBytes);
        long most = (long)(Options.GrowBytesPerSecond * Options.Interval.TotalSeconds) + 1;
        for (int i = 0; i < _decisions.Count; i++)
        {
            long target = _decisions[i].TargetBytes;
            if (target < floor || target > CapacityBytes)
            {
                yield return $"Reading {i}: the target is {target}, outside of {floor} to {CapacityBytes}.";
            }

            if (i > 0 && target - _decisions[i - 1].TargetBytes > most)
            {
                yield return $"Reading {i}: the target rises by {target - _decisions[i - 1].TargetBytes}, more than {most}.";
            }

            if (i > 0 && target > _decisions[i - 1].TargetBytes && _decisions[i].Reason is not (TargetReason.Growing or TargetReason.Capacity))
            {
                yield return $"Reading {i}: the target rises, and the reason is {_decisions[i].Reason}.";
            }
        }
    }
}
