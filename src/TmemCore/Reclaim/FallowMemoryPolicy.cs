using TmemCore.Memory;
using TmemCore.Statistics;

namespace TmemCore.Reclaim;

/// <summary>
/// How much a host may hold, so that what others leave is used and is theirs again before they are short of it. It looks at readings one after the
/// other and does nothing itself: no clock, no files, no pages. The same readings give the same targets.
/// </summary>
/// <remarks>
/// What the host holds and what is available beyond the reserve, together, is what may be held; giving back leaves that sum as it is. A target above it
/// is lowered at once. It is raised only when the sum has been above it by the band for <see cref="CalmReadings"/> readings in a row, no faster than the
/// options say, and to the middle of the band, so that noise of half a band moves nothing.
/// </remarks>
internal sealed class FallowMemoryPolicy(FallowMemoryOptions options)
{
    /// <summary>Readings in a row that show more fallow memory before the target is raised.</summary>
    public const int CalmReadings = 10;

    /// <summary>One reading has half of what a host could give up given up, or so much if that is more: what one bad reading can cost.</summary>
    public const long LeastStepBytes = 1L << 30;

    /// <summary>Parts of the time: with some task waiting for so long memory is under pressure; with none getting on for so long it is scarce.</summary>
    public const double SomeStallUnderPressure = 0.1;
    public const double FullStallUnderPressure = 0.02;

    private const int DefaultReserveShare = 20;
    private const long LeastDefaultReserveBytes = 256L << 20;
    private const int MostReserveShareOfGroup = 4;
    private const int BandShare = 4;
    private static readonly TimeSpan s_longestElapsed = TimeSpan.FromSeconds(1);

    private MachineReading? _last;
    private bool _hasTarget;
    private int _calm;

    /// <summary>A scope as it is judged.</summary>
    private readonly record struct View(MemoryScope Scope, long ReserveBytes, double SomeStall, double FullStall)
    {
        public bool IsStalled => SomeStall >= SomeStallUnderPressure || FullStall >= FullStallUnderPressure;

        /// <summary>Between what has memory given back and what has more be taken.</summary>
        public long BandBytes => ReserveBytes / BandShare;

        /// <summary>Whether tasks wait for memory where little of it is left: twice as much is to be available then.</summary>
        public bool IsPressed => IsStalled && Scope.AvailableBytes < ReserveBytes + BandBytes;

        /// <summary>What is available beyond what is to stay; negative when that is not there.</summary>
        public long SpareBytes => Scope.AvailableBytes - (IsPressed ? 2 * ReserveBytes : ReserveBytes);
    }

    /// <summary>What is to stay available in a scope.</summary>
    public long ReserveOf(MemoryScope scope)
    {
        long reserve = options.ReserveBytes != 0 ? options.ReserveBytes : Math.Max(scope.SizeBytes / DefaultReserveShare, LeastDefaultReserveBytes);
        return scope.Name == MachineReader.Machine ? Math.Min(reserve, scope.SizeBytes) : Math.Min(reserve, scope.SizeBytes / MostReserveShareOfGroup);
    }

    /// <summary>Decides.</summary>
    /// <param name="reading">What the system tells now.</param>
    /// <param name="held">What the host holds now.</param>
    /// <param name="elapsed">The time since the last reading; zero at the first.</param>
    public FallowMemoryDecision Next(MachineReading reading, in HeldMemory held, TimeSpan elapsed)
    {
        View? least = null;
        bool isStalled = false;
        foreach (MemoryScope scope in reading.Scopes)
        {
            View view = ViewOf(scope, elapsed);
            isStalled |= view.IsStalled;
            least = least is null || view.SpareBytes < least.Value.SpareBytes ? view : least;
        }

        _last = reading;
        if (least is null)
        {
            _calm = 0;
            return new FallowMemoryDecision(Math.Max(held.TargetBytes, FloorOf(held)), TargetReason.NoReading, null, 0, 0, 0);
        }

        return Within(held, least.Value, Choose(held, least.Value, isStalled, elapsed, out TargetReason reason), reason);
    }

    private long Choose(in HeldMemory held, in View least, bool isStalled, TimeSpan elapsed, out TargetReason reason)
    {
        long fallow = held.CommittedBytes + least.SpareBytes;
        bool isFirst = !_hasTarget;
        _hasTarget = true;
        if (isFirst && least.SpareBytes >= 0)
        {
            reason = TargetReason.Fallow;
            return Math.Max(fallow - (least.BandBytes / 2), held.CommittedBytes);
        }

        if (fallow < held.TargetBytes)
        {
            _calm = 0;
            reason = least.SpareBytes >= 0 ? TargetReason.Fallow : least.IsPressed ? TargetReason.Pressure : TargetReason.Short;
            return Math.Max(fallow, LeastAfter(held, least));
        }

        if (fallow <= held.TargetBytes + least.BandBytes)
        {
            _calm = 0;
            reason = TargetReason.Fallow;
            return held.TargetBytes;
        }

        if (isStalled)
        {
            _calm = 0;
            reason = TargetReason.Pressure;
            return held.TargetBytes;
        }

        if (++_calm < CalmReadings)
        {
            reason = TargetReason.Calming;
            return held.TargetBytes;
        }

        reason = TargetReason.Growing;
        double seconds = Math.Min(elapsed.TotalSeconds, s_longestElapsed.TotalSeconds);
        long risen = held.TargetBytes + (long)Math.Min(options.GrowBytesPerSecond * seconds, held.CapacityBytes);
        return Math.Min(risen, fallow - (least.BandBytes / 2));
    }

    /// <summary>What one reading leaves at least: half of what could go, unless no task gets on.</summary>
    private long LeastAfter(in HeldMemory held, in View least)
    {
        long droppable = Math.Max(0, held.CommittedBytes - FloorOf(held));
        return least.FullStall >= FullStallUnderPressure
            ? long.MinValue
            : held.CommittedBytes - Math.Max(droppable / 2, LeastStepBytes);
    }

    /// <summary>Keeps a target between what is never given up and the capacity.</summary>
    private FallowMemoryDecision Within(in HeldMemory held, in View least, long targetBytes, TargetReason reason)
    {
        long floor = FloorOf(held);
        if (targetBytes < floor || (targetBytes == floor && reason == TargetReason.Short))
        {
            reason = held.CanReturn || floor != held.CommittedBytes ? TargetReason.Floor : TargetReason.KeptByBacking;
            targetBytes = floor;
        }
        else if (targetBytes >= held.CapacityBytes)
        {
            targetBytes = held.CapacityBytes;
            reason = reason == TargetReason.Pressure ? reason : TargetReason.Capacity;
        }

        return new FallowMemoryDecision(targetBytes, reason, least.Scope, least.ReserveBytes, least.SomeStall, least.FullStall);
    }

    private long FloorOf(in HeldMemory held)
    {
        long floor = Math.Max(options.FloorBytes, held.FloorBytes);
        return Math.Min(held.CanReturn ? floor : Math.Max(floor, held.CommittedBytes), held.CapacityBytes);
    }

    private View ViewOf(MemoryScope scope, TimeSpan elapsed)
    {
        if (scope.Pressure is not MemoryPressure now)
        {
            return new View(scope, ReserveOf(scope), 0, 0);
        }

        MemoryPressure? before = _last?.Scopes.FirstOrDefault(one => one.Name == scope.Name)?.Pressure;
        return new View(
            scope,
            ReserveOf(scope),
            ShareOf(now.SomeTime, before?.SomeTime, elapsed) ?? now.SomeShare,
            ShareOf(now.FullTime, before?.FullTime, elapsed) ?? now.FullShare);
    }

    /// <summary>The part of the time that was waited; null where that is not known, as when the counter began anew.</summary>
    private static double? ShareOf(TimeSpan now, TimeSpan? before, TimeSpan elapsed) =>
        before is not TimeSpan then || now < then || elapsed <= TimeSpan.Zero ? null : Math.Min((now - then) / elapsed, 1);
}
