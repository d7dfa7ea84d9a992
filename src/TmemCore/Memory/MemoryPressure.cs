namespace TmemCore.Memory;

/// <summary>Pressure-stall information of memory: how long tasks have waited for it.</summary>
/// <param name="SomeShare">The part of the last ten seconds in which some task waited, 0 to 1.</param>
/// <param name="SomeTime">The time in which some task waited, since the system or the group was made.</param>
/// <param name="FullShare">As the first, with no task getting on.</param>
/// <param name="FullTime">As the second, with no task getting on.</param>
internal sealed record MemoryPressure(double SomeShare, TimeSpan SomeTime, double FullShare, TimeSpan FullTime);
