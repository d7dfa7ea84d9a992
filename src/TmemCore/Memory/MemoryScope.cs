namespace TmemCore.Memory;

/// <summary>The machine's memory, or what a control group may take of it.</summary>
/// <param name="Name">In words: <c>the machine</c>, or <c>the control group /a/b</c>.</param>
/// <param name="SizeBytes">All that there is, or the lowest limit of the group.</param>
/// <param name="AvailableBytes">What could be taken now, caches of files that can be dropped included; negative in a group that is beyond its limit.</param>
/// <param name="Pressure">How tasks wait for memory; null when the system does not tell.</param>
internal sealed record MemoryScope(string Name, long SizeBytes, long AvailableBytes, MemoryPressure? Pressure);
