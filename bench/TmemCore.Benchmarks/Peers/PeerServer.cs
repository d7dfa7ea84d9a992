using System.Globalization;
using System.Text.Json;

namespace TmemCore.Benchmarks.Peers;

/// <summary>One store in a process of its own, so that no other shares its heap: it runs a round for each line that it reads.</summary>
internal static class PeerServer
{
    /// <summary>Serves until its input ends.</summary>
    public static void Run(string name, int entries, TextReader input, TextWriter output)
    {
        var load = new PeerLoad(entries);
        load.WarmUp(name);
        using IPeerStore store = PeerStores.Make(name, entries);
        output.WriteLine(load.Fill(store).ToString(CultureInfo.InvariantCulture));
        while (input.ReadLine() is not null)
        {
            output.WriteLine(JsonSerializer.Serialize(load.Run(store)));
        }
    }
}
