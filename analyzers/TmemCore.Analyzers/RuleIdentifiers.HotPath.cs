namespace TmemCore.Analyzers;

/// <summary>TMEM3xx are about members that are marked as hot.</summary>
internal static partial class RuleIdentifiers
{
    public const string HotPathAllocates = "TMEM301";
}
