namespace TmemCore.Reclaim;

/// <summary>What a host holds at one moment, in bytes.</summary>
/// <param name="CommittedBytes">Data and metadata, in use and free.</param>
/// <param name="FloorBytes">What is never given up: persistent pages, what is reserved for such, tables.</param>
/// <param name="TargetBytes">The limit now.</param>
/// <param name="CapacityBytes">How far the limit may go.</param>
/// <param name="CanReturn">Whether memory goes back to the system before the host is disposed.</param>
internal readonly record struct HeldMemory(long CommittedBytes, long FloorBytes, long TargetBytes, long CapacityBytes, bool CanReturn);
