using System.CommandLine;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen shared-auth</c>: grants a shared pool to a client, or revokes it.</summary>
internal static class XenSharedAuthCommand
{
    public static Command Create(Func<XenPort> open)
    {
        var command = new Command(
            "shared-auth",
            "Grant a shared pool to a client, or revoke it. Example: tmem xen shared-auth 3 --uuid 00000000-0000-0100-0000-000000000200 --auth 1");
        var selection = new XenClientSelection();
        selection.AddTo(command);
        var uuid = new Option<Guid>("--uuid", "-u") { Description = "The uuid of the shared pool, 8-4-4-4-12 hexadecimal digits.", Required = true };
        Option<uint?> auth = XenNumber.Option("--auth", "-A", "1: grant. 0: revoke.", most: 1);
        auth.Required = true;
        command.Options.Add(uuid);
        command.Options.Add(auth);
        command.SetAction(parsed => XenCommand.Control(parsed, open, (control, _) =>
        {
            control.Authorize(selection.Of(parsed), PoolUuid.FromGuid(parsed.GetValue(uuid)), parsed.GetValue(auth) == 1);
            return XenCommand.Done;
        }));
        return command;
    }
}
