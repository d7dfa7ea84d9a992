using System.CommandLine;
using BenchmarkDotNet.Running;

namespace TmemCore.Benchmarks.Peers;

/// <summary>What <c>peers</c> is asked for.</summary>
internal static class PeerCommand
{
    private const int DefaultEntries = 1 << 18;
    private const int DefaultRounds = 31;

    public static int Run(string[] args)
    {
        var table = new Option<bool>("--table") { Description = "All stores in turns, as a Markdown table; BenchmarkDotNet otherwise." };
        var entries = new Option<int>("--entries") { Description = "Entries of 4 KiB.", DefaultValueFactory = _ => DefaultEntries };
        var rounds = new Option<int>("--rounds") { Description = "Rounds of the table.", DefaultValueFactory = _ => DefaultRounds };
        var store = new Option<string?>("--store") { Description = $"Beside the engine this store only: {string.Join(", ", PeerStores.All)}." };
        var serve = new Option<string?>("--serve") { Description = "One store, a round for each line of input.", Hidden = true };
        store.AcceptOnlyFromAmong([.. PeerStores.All]);
        entries.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < PeerLoad.RoundOperations)
            {
                result.AddError($"--entries is less than a round has operations, {PeerLoad.RoundOperations:N0}.");
            }
        });
        var command = new RootCommand("Measures the engine beside other stores that copy values of 4 KiB in and out.") { table, entries, rounds, store, serve };
        command.SetAction(arguments =>
        {
            if (arguments.GetValue(serve) is string served)
            {
                PeerServer.Run(served, arguments.GetValue(entries), Console.In, Console.Out);
            }
            else if (arguments.GetValue(table))
            {
                PeerTable.Write(Chosen(arguments.GetValue(store)), arguments.GetValue(entries), arguments.GetValue(rounds), Console.Out);
            }
            else
            {
                TellWhatIsMissing(PeerStores.All);
                BenchmarkRunner.Run<PeerBenchmarks>();
            }
        });
        return command.Parse(args).Invoke();
    }

    private static List<string> Chosen(string? store)
    {
        List<string> names = [.. PeerStores.All.Where(name => store is null || name == store || name == PeerStores.Engine)];
        TellWhatIsMissing(names);
        return [.. names.Where(static name => PeerStores.WhyNot(name) is null)];
    }

    private static void TellWhatIsMissing(IEnumerable<string> names)
    {
        foreach (string reason in names.Select(PeerStores.WhyNot).OfType<string>())
        {
            Console.Error.WriteLine(reason);
        }
    }
}
