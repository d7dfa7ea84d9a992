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
        var weight = new Option<uint?>("--weight", "-w") { Description = "The weight among all clients; 0 for none." };
        var cap = new Option<uint?>("--cap", "-c") { Description = "The cap. Xen stores it, does not enforce it, and has none since 4.8." };
        var compress = new Option<uint?>("--compress", "-p") { Description = "1: compress new pages. 0: store them as they are." };
        command.Options.Add(weight);
        command.Options.Add(cap);
        command.Options.Add(compress);
        command.Validators.Add(result =>
        {
            if (result.GetValue(weight) is null && result.GetValue(cap) is null && result.GetValue(compress) is null)
            {
                result.AddError("Give at least one of --weight, --cap and --compress.");
            }

            if (result.GetValue(compress) > 1)
            {
                result.AddError("--compress takes 0 or 1.");
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
