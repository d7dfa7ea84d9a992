using TmemCore.Memory;
using TmemCore.Statistics;

namespace TmemCore.Reclaim;

/// <summary>How far a host may go, and why.</summary>
/// <param name="TargetBytes">What it may hold.</param>
/// <param name="Reason">Why no more, or no less.</param>
/// <param name="Scope">The machine or the group that has least to spare; null when the system tells nothing.</param>
/// <param name="ReserveBytes">What is to stay available there.</param>
/// <param name="SomeStall">The part of the time since the last reading in which some task waited for memory there, 0 to 1.</param>
/// <param name="FullStall">The part in which no task got on.</param>
internal sealed record FallowMemoryDecision(
    long TargetBytes, TargetReason Reason, MemoryScope? Scope, long ReserveBytes, double SomeStall, double FullStall);
