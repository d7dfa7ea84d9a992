using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TmemCore.Benchmarks.Peers;

/// <summary>The other end of <see cref="PeerServer"/>.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    public PeerProcess(string name, int entries)
    {
        Name = name;
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(PeerProcess).Assembly.Location);
        }

        foreach (string argument in new[] { "peers", "--serve", name, "--entries", entries.ToString(CultureInfo.InvariantCulture) })
        {
            start.ArgumentList.Add(argument);
        }

        // As programs have it unless they say otherwise; it favours the stores that need a collector.
        start.Environment["DOTNET_gcConcurrent"] = "1";
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        RestOverheadBytes = double.Parse(ReadLine(), CultureInfo.InvariantCulture);
    }

    public string Name { get; }

    /// <summary>Resident memory beyond the values for each entry, filled and collected.</summary>
    public double RestOverheadBytes { get; }

    public List<PeerRound> Rounds { get; } = [];

    public void RunRound(bool isKept)
    {
        _process.StandardInput.WriteLine();
        PeerRound round = JsonSerializer.Deserialize<PeerRound>(ReadLine())!;
        if (isKept)
        {
            Rounds.Add(round);
        }
    }

    /// <summary>Lets the process end by itself.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string ReadLine() =>
        _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The process of {Name} ended; what it said is above.");
}
