namespace TmemCore.Server.Nbd;

/// <summary>What a server serves under a name.</summary>
/// <param name="Name">The name that clients ask for.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Description">What it is, and where its pages go, in words for people.</param>
/// <param name="SpilledBytes">What memory has refused and is in its spill file now; 0 without one.</param>
public sealed record NbdExportInfo(string Name, long SizeBytes, string Description, long SpilledBytes);
