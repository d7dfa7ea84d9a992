namespace TmemCore.Wire;

/// <summary>Where the socket of a daemon is.</summary>
internal static class WireSocket
{
    /// <summary>The path where daemons listen and clients look unless they are told otherwise.</summary>
    public static string DefaultPath => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } folder ? folder : "/run", "tmem.sock");
}
