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
        WriteTimes(peers, output);
        WriteMemory(peers, output);
    }

    private static void WriteTimes(List<PeerProcess> peers, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("| ns | get p50 | to the engine | p99 | p99.9 | put p50 | to the engine | p99 | p99.9 | mean | longest |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (PeerProcess peer in peers)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {peer.Name} | {Median(peer, static r => r.GetP50):N0} | {Ratio(peer, peers[0], static r => r.GetP50):0.00} "
                + $"| {Median(peer, static r => r.GetP99):N0} | {Median(peer, static r => r.GetP999):N0} "
                + $"| {Median(peer, static r => r.PutP50):N0} | {Ratio(peer, peers[0], static r => r.PutP50):0.00} "
                + $"| {Median(peer, static r => r.PutP99):N0} | {Median(peer, static r => r.PutP999):N0} "
                + $"| {Median(peer, static r => r.PutMean):N0} | {peer.Rounds.Max(static r => r.PutLongest):N0} |"));
        }
    }

    private static void WriteMemory(List<PeerProcess> peers, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("| bytes | allocated per put | overhead at rest | overhead in use | gen-2 collections | ms of pauses |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (PeerProcess peer in peers)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {peer.Name} | {Median(peer, static r => r.AllocatedBytes):N0} | {peer.RestOverheadBytes:N0} "
                + $"| {peer.Rounds.Max(static r => r.OverheadBytes):N0} | {peer.Rounds.Sum(static r => r.Collections)} "
                + $"| {peer.Rounds.Sum(static r => r.PausedMs):N0} |"));
        }
    }

    private static double Median(PeerProcess peer, Func<PeerRound, double> figure) => Tables.Median(peer.Rounds.Select(figure));

    private static double Ratio(PeerProcess peer, PeerProcess engine, Func<PeerRound, double> figure) =>
        Tables.Median(peer.Rounds.Zip(engine.Rounds, (mine, its) => figure(mine) / figure(its)));
}
