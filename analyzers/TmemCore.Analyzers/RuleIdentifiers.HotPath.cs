namespace TmemCore.Analyzers;

/// <summary>TMEM3xx are about members that are marked as hot, and about locks.</summary>
internal static partial class RuleIdentifiers
{
    public const string HotPathAllocates = "TMEM301";
    public const string LocksAreOutOfOrder = "TMEM302";
}
