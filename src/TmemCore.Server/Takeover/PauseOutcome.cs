namespace TmemCore.Server.Takeover;

/// <summary>What becomes of a connection that has come to stand still.</summary>
internal enum PauseOutcome
{
    /// <summary>It goes on here.</summary>
    GoOn,

    /// <summary>It is another process's.</summary>
    Leave,

    /// <summary>It was given up before it came: it is to end, and to do nothing more before that.</summary>
    End,
}
