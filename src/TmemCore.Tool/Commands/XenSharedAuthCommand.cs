using System.CommandLine;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen shared-auth</c>: grants a shared pool to a client, or revokes it.</summary>
internal sealed class XenSharedAuthCommand : ToolCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="link">The hypervisor.</param>
    public XenSharedAuthCommand(XenLink link)
        : base("shared-auth", "Grant a shared pool to a client, or revoke it. Pools that are joined already stay joined.")
    {
        var selection = new XenClientSelection(this);
        var uuid = new Option<Guid>("--uuid", "-u")
        {
            Description = "The uuid of the shared pool, 8-4-4-4-12 hexadecimal digits.",
            Required = true,
        };
        Option<uint?> auth = XenNumber.Option("--auth", "-A", "1: grant. 0: revoke.", most: 1);
        auth.Required = true;
        Add(uuid);
        Add(auth);
        SetAction(parsed => link.Control(control =>
        {
            control.Authorize(selection.Of(parsed), PoolUuid.FromGuid(parsed.GetValue(uuid)), parsed.GetValue(auth) == 1);
            return ExitCode.Success;
        }));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
    [
        ("tmem xen shared-auth 3 --uuid 00000000-0000-0100-0000-000000000200 --auth 1", "Domain 3 may join that shared pool."),
    ];
}
