using System.CommandLine;

namespace TmemCore.Tool.Commands;

/// <summary>A command that shows in its help how it is used.</summary>
internal abstract class ToolCommand(string name, string description) : Command(name, description)
{
    /// <summary>Command lines to copy, and what each does.</summary>
    public abstract IReadOnlyList<(string CommandLine, string Effect)> Examples { get; }
}
