using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TmemCore.Tool.Commands;

/// <summary>The usual help, and below it the command's examples.</summary>
internal sealed class ExamplesHelpAction(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int answer = help.Invoke(parseResult);
        IReadOnlyList<(string CommandLine, string Effect)> examples = parseResult.CommandResult.Command switch
        {
            ToolCommand command => command.Examples,
            TmemCommand root => root.Examples,
            _ => [],
        };
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (examples.Count > 0)
        {
            output.WriteLine("Examples:");
        }

        foreach ((string line, string effect) in examples)
        {
            output.WriteLine($"  {line}");
            output.WriteLine($"      {effect}");
        }

        return answer;
    }
}
