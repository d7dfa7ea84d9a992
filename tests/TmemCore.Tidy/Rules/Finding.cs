namespace TmemCore.Tidy.Rules;

/// <summary>Something that breaks a rule.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
internal readonly record struct Finding(int Line, string Message);
