namespace TmemCore.Tool.Serving;

/// <summary>Words of the command line that the daemon itself uses.</summary>
internal static class ServeWords
{
    /// <summary>Begins by taking over.</summary>
    public const string TakeOver = "--take-over";
}
