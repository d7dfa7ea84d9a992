namespace TmemCore.Tool.Commands;

/// <summary>What the tool answers to the shell.</summary>
internal static class ExitCode
{
    /// <summary>All is well.</summary>
    public const int Success = 0;

    /// <summary>The tool ran, and what it looked at is wrong.</summary>
    public const int Failure = 1;

    /// <summary>The tool could not do what it was asked.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by the user.</summary>
    public const int Interrupted = 130;
}
