using System.Globalization;

namespace TmemCore.Benchmarks.Peers;

/// <summary>All stores side by side: each has a process of its own, and one of them works at a time, in turns.</summary>
internal static class PeerTable
{
    private const int WarmUpRounds = 2;

    public static void Write(IReadOnlyList<string> names, int entries, int rounds, TextWriter output)
    {
        var peers = new List<PeerProcess>();
        try
        {
            foreach (string name in names)
            {
                peers.Add(new PeerProcess(name, entries));
            }

            for (int round = -WarmUpRounds; round < rounds; round++)
            {
                foreach (PeerProcess peer in peers)
                {
                    peer.RunRound(isKept: round >= 0);
                }
            }
        }
        finally
        {
            peers.ForEach(static peer => peer.Dispose());
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Tables.Machine()}; {entries:N0} entries of {TmemPool.PageBytes:N0} bytes; {rounds} rounds of {PeerLoad.RoundOperations:N0} gets and as many puts."));
        output.WriteLine();
        output.WriteLine("| store | get p50, ns | to the engine | get p99.9, ns | put p50, ns | to the engine | put p99.9, ns | put mean, ns "
            + "| longest put, µs | bytes allocated per put | gen-2 collections | overhead at rest, bytes | overhead in use, bytes |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        PeerProcess yardstick = peers[0];
        foreach (PeerProcess peer in peers)
        {
            output.WriteLine(Row(peer, yardstick));
        }
    }

    private static string Row(PeerProcess peer, PeerProcess yardstick)
    {
        double Median(Func<PeerRound, double> figure) => Tables.Median(peer.Rounds.Select(figure));
        double Ratio(Func<PeerRound, double> figure) =>
            Tables.Median(peer.Rounds.Zip(yardstick.Rounds, (mine, its) => figure(mine) / figure(its)));

        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {peer.Name} | {Median(static r => r.GetP50):N0} | {Ratio(static r => r.GetP50):0.00} | {Median(static r => r.GetP999):N0} "
            + $"| {Median(static r => r.PutP50):N0} | {Ratio(static r => r.PutP50):0.00} | {Median(static r => r.PutP999):N0} "
            + $"| {Median(static r => r.PutMean):N0} | {peer.Rounds.Max(static r => r.PutLongest) / 1000:N0} "
            + $"| {Median(static r => r.AllocatedBytes):N0} | {peer.Rounds.Sum(static r => r.Collections)} "
            + $"| {peer.RestOverheadBytes:N0} | {peer.Rounds.Max(static r => r.OverheadBytes):N0} |");
    }
}
