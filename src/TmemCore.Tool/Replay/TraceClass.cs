namespace TmemCore.Tool.Replay;

/// <summary>What a trace's expected results are worth.</summary>
internal enum TraceClass
{
    /// <summary>Every result must match.</summary>
    Exact,

    /// <summary>Some results depend on oddities of the reference: a mismatch is a question, not a failure.</summary>
    Quirk,

    /// <summary>Which pages survive is the implementation's affair: contents must be right, and the hit rate near enough.</summary>
    Statistical,
}
