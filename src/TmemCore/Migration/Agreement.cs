namespace TmemCore.Migration;

/// <summary>A word of the agreement of two sides.</summary>
/// <param name="Type">What is said.</param>
/// <param name="Sum">The sum of the stream that it is said of.</param>
/// <param name="Reason">Why something is refused.</param>
internal sealed record Agreement(SaveRecordType Type, uint Sum, string Reason);
