namespace TmemCore.Tool.Replay;

/// <summary>A result that is not what the trace expects.</summary>
/// <param name="Line">The line in the file, counted from 1.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Expected">What the reference answered.</param>
/// <param name="Got">What the target answered.</param>
internal sealed record TraceMismatch(int Line, string Operation, string Expected, string Got);
