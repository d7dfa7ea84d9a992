using System.CommandLine;
using System.CommandLine.Parsing;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary>The client a command acts on: a domain number, or <c>--all</c>. One of the two, never both.</summary>
internal sealed class XenClientSelection
{
    private readonly Argument<ushort?> _domain = new("domain")
    {
        Description = "The number of the domain (see 'xl list').",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _all = new("--all", "-a") { Description = "All clients there are now." };

    public XenClientSelection(Command command)
    {
        command.Add(_domain);
        command.Add(_all);
        command.Validators.Add(Validate);
    }

    public uint Of(ParseResult parsed) =>
        parsed.GetValue(_all) ? HypercallControl.AllClients : parsed.GetValue(_domain)!.Value;

    private void Validate(CommandResult result)
    {
        bool isNamed = result.GetResult(_domain) is { Tokens.Count: > 0 };
        if (isNamed == result.GetValue(_all))
        {
            result.AddError(isNamed
                ? "Give a domain number or --all, not both."
                : "Give the number of a domain, or --all for all clients.");
        }
    }
}
