using System.CommandLine;

namespace TmemCore.Tool.Commands;

/// <summary><c>shared-auth</c>: grants a shared pool to a client, or revokes it.</summary>
internal sealed class SharedAuthCommand : ToolCommand
{
    private readonly ControlLink _link;

    /// <summary>Makes the command.</summary>
    /// <param name="link">The store.</param>
    public SharedAuthCommand(ControlLink link)
        : base("shared-auth", $"Grant a shared pool to a {link.ClientNoun}, or revoke it. Pools that are joined already stay joined.")
    {
        _link = link;
        var selection = new ClientSelection(this, link);
        var uuid = new Option<Guid>("--uuid", "-u")
        {
            Description = "The uuid of the shared pool, 8-4-4-4-12 hexadecimal digits.",
            Required = true,
            CustomParser = static result =>
            {
                string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
                if (!Guid.TryParseExact(text, "D", out Guid parsed))
                {
                    result.AddError($"--uuid takes 36 characters, 8-4-4-4-12 hexadecimal digits, not '{text}'.");
                }

                return parsed;
            },
        };
        Option<uint?> auth = WholeNumber.Option("--auth", "-A", "1: grant. 0: revoke.", most: 1);
        auth.Required = true;
        Add(uuid);
        Add(auth);
        link.AddOptions(this);
        SetAction(parsed => link.Act(parsed, target =>
            target.Authorize(selection.Of(parsed), PoolUuid.FromGuid(parsed.GetValue(uuid)), parsed.GetValue(auth) == 1)));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples =>
    [
        (_link.Example("shared-auth 3 --uuid 00000000-0000-0100-0000-000000000200 --auth 1"), $"The {_link.ClientNoun} 3 may join that shared pool."),
    ];
}
