namespace TmemCore.Analyzers;

/// <summary>TMEM2xx are about calls of the library whose answers or arguments are taken for something they are not.</summary>
internal static partial class RuleIdentifiers
{
    public const string ResultIsComparedWithZero = "TMEM201";
    public const string PutIsIgnored = "TMEM202";
    public const string PoolFlagsAreInvalid = "TMEM203";
    public const string IndexIsNarrowed = "TMEM204";
    public const string PageIsTakenTwice = "TMEM205";
    public const string MissIsRead = "TMEM206";
    public const string OwnerIsNeverDisposed = "TMEM207";
}
