using System.Globalization;
using System.Runtime.Versioning;
using TmemCore.Server;
using TmemCore.Server.Nbd;

namespace TmemCore.Tool.Serving;

/// <summary>What a daemon says when it is ready: what it serves, and how to connect.</summary>
[SupportedOSPlatform("linux")]
internal static class ServeScreen
{
    /// <summary>Writes it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="host">What is served.</param>
    /// <param name="options">Where.</param>
    /// <param name="disks">What is served as disks; null for nothing.</param>
    /// <param name="disksPath">The socket of the disks.</param>
    /// <param name="http">Where it can be watched; null for nowhere.</param>
    public static void Write(TextWriter output, TmemHost host, TmemServerOptions options, NbdServer? disks, string? disksPath, string? http)
    {
        string socket = Path.GetFullPath(options.SocketPath);
        string compression = host.Options.CompressByDefault ? $", pages made smaller ({host.Compression})" : "";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Serving {ByteSize.Format(host.CapacityBytes)} at {socket}, {options.MaxConnections:N0} connections at most{compression}."));
        foreach (NbdExportInfo export in disks?.Exports ?? [])
        {
            output.WriteLine($"Serving {export.Name}, {ByteSize.Format(export.SizeBytes)}, over NBD: {export.Description}.");
        }

        output.WriteLine($"See it with    tmem list --all --socket {socket}");
        output.WriteLine($"Use it in C#   using TmemConnection tmem = TmemConnection.Connect(\"{socket}\");");
        foreach (NbdExportInfo export in disks?.Exports ?? [])
        {
            string name = Uri.EscapeDataString(export.Name);
            if (disksPath is not null)
            {
                output.WriteLine($"Use {export.Name}   nbdinfo \"nbd+unix:///{name}?socket={Path.GetFullPath(disksPath)}\"");
            }

            if (disks!.EndPoint is not null)
            {
                output.WriteLine($"Use {export.Name}   nbdinfo nbd://{disks.EndPoint}/{name}");
            }
        }

        if (http is not null)
        {
            output.WriteLine($"Watch it at    {http}/metrics, {http}/health, {http}/ready");
        }

        output.Flush();
    }
}
