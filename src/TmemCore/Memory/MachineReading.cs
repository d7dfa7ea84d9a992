namespace TmemCore.Memory;

/// <summary>What the system tells of its memory at one moment.</summary>
/// <param name="Scopes">The machine, and each control group with a limit that the process lives in; none when the system tells nothing.</param>
internal sealed record MachineReading(IReadOnlyList<MemoryScope> Scopes);
