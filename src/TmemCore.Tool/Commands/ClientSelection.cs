using System.CommandLine;
using System.CommandLine.Parsing;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary>The client a command acts on: a number, or <c>--all</c>. One of the two, never both.</summary>
internal sealed class ClientSelection
{
    private readonly Argument<ushort?> _client;

    private readonly Option<bool> _all = new("--all", "-a") { Description = "All clients there are now." };

    public ClientSelection(Command command, ControlLink link)
    {
        _client = new Argument<ushort?>(link.ClientNoun)
        {
            Description = $"The number of the {link.ClientNoun}.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        command.Add(_client);
        command.Add(_all);
        command.Validators.Add(result => Validate(result, link.ClientNoun));
    }

    public uint Of(ParseResult parsed) =>
        parsed.GetValue(_all) ? HypercallControl.AllClients : parsed.GetValue(_client)!.Value;

    private void Validate(CommandResult result, string noun)
    {
        bool isNamed = result.GetResult(_client) is { Tokens.Count: > 0 };
        if (isNamed == result.GetValue(_all))
        {
            result.AddError(isNamed
                ? $"Give a {noun} number or --all, not both."
                : $"Give the number of a {noun}, or --all for all clients.");
        }
    }
}
