using System.CommandLine;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen set</c>: weight, cap and compression of a client.</summary>
internal static class XenSetCommand
{
    public static Command Create(Func<XenPort> open)
    {
        var command = new Command(
            "set", "Set the weight, the cap or the compression of a client. Example: tmem xen set 3 --weight 60 --compress 1");
        var selection = new XenClientSelection();
        selection.AddTo(command);
        Option<uint?> weight = XenNumber.Option("--weight", "-w", "The weight among all clients; 0 for none.", uint.MaxValue);
        Option<uint?> cap = XenNumber.Option(
            "--cap", "-c", "The cap. Xen stores it, does not enforce it, and has none since 4.8.", uint.MaxValue);
        Option<uint?> compress = XenNumber.Option("--compress", "-p", "1: compress new pages. 0: store them as they are.", most: 1);
        command.Options.Add(weight);
        command.Options.Add(cap);
        command.Options.Add(compress);
        command.Validators.Add(result =>
        {
            if (result.GetResult(weight) is null && result.GetResult(cap) is null && result.GetResult(compress) is null)
            {
                result.AddError("Give at least one of --weight, --cap and --compress.");
            }
        });
        command.SetAction(parsed => XenCommand.Control(parsed, open, (control, _) =>
        {
            uint client = selection.Of(parsed);
            if (parsed.GetValue(weight) is { } newWeight)
            {
                control.SetWeight(client, newWeight);
            }

            if (parsed.GetValue(cap) is { } newCap)
            {
                control.SetCap(client, newCap);
            }

            if (parsed.GetValue(compress) is { } isOn)
            {
                control.SetCompression(client, isOn == 1);
            }

            return XenCommand.Done;
        }));
        return command;
    }
}
