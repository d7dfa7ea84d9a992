namespace TmemCore.Migration;

/// <summary>Where a client runs when a move has not gone as it should.</summary>
public enum MigrationOutcome
{
    /// <summary>The move has failed before the switch: the client runs on where it was, whole, and nothing of it is left at the target.</summary>
    SourceRuns,

    /// <summary>The client runs at the target, and is gone where it was.</summary>
    TargetRuns,

    /// <summary>
    /// The source has told the target to take over and heard no answer: it may run there. Here the client is whole but closed: puts are refused as if it was
    /// frozen, gets and flushes as if its pools were gone; but pages that it puts over or flushes meanwhile go. <see cref="Control.TmemControl.Settle"/> tells where it runs.
    /// </summary>
    InDoubt,
}

/// <summary>A move has failed; <see cref="Outcome"/> says which side runs the client.</summary>
public sealed class MigrationException : Exception
{
    /// <summary>Tells what happened and who runs the client.</summary>
    /// <param name="outcome">Which side runs it.</param>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">What caused it, or null.</param>
    public MigrationException(MigrationOutcome outcome, string message, Exception? innerException = null)
        : base(message, innerException) => Outcome = outcome;

    /// <summary>Which side runs the client.</summary>
    public MigrationOutcome Outcome { get; }
}
