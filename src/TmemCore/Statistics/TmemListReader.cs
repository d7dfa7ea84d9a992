using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TmemCore.Statistics;

/// <summary>
/// Reads the text of the list command, of this library and of every release of the original, long form and short. Thread-safe.
/// </summary>
/// <remarks>
/// A line is a tag, an equals sign and comma-separated fields, each a key of two letters, a colon and a value. Lines with other tags, or without an
/// equals sign, are passed over; so are unknown keys, and a field without a colon counts as absent. A key that is absent is 0; of one that
/// occurs twice the first counts, but for the sharers of a pool. The text ends at a NUL, so that a buffer can be handed over as it is. What is left to be
/// wrong are values: known keys whose value is not a number in range, or not a type of pool, and a second line of the host.
/// </remarks>
/// <example><code>
/// TmemList list = TmemListReader.Parse(host.Control.List(isLong: true));
/// foreach (TmemListPool pool in list.Pools)
///     Console.WriteLine($"client {pool.ClientId}, pool {pool.Id}: {pool.Counts.GetHits} of {pool.Counts.Gets} gets hit");
/// </code></example>
public static class TmemListReader
{
    private static readonly string[] s_hostDetails =
        ["Ec", "Em", "Oc", "Om", "Nc", "Nm", "Pc", "Pm", "Fc", "Fm", "Sc", "Sm", "Ep", "Gd", "Zt", "Gz"];

    private static readonly string[] s_clientDetails = ["Ec", "Em", "cp", "cb", "cn", "cm"];

    private static readonly string[] s_poolDetails =
        ["Pc", "Pm", "Oc", "Om", "Nc", "Nm", "ps", "pt", "pd", "pr", "px", "gs", "gt", "fs", "ft", "os", "ot"];

    /// <summary>The tags of <see cref="TmemListWork"/>, in its order.</summary>
    private const string TimingTags = "GPgpFOCcd";

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>What it tells.</returns>
    /// <exception cref="FormatException">A value is wrong; the message says the line, the column, and what would be right.</exception>
    public static TmemList Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<char> rest = text;
        int nul = rest.IndexOf('\0');
        rest = nul < 0 ? rest : rest[..nul];
        var reading = new Reading();
        for (int number = 1; !rest.IsEmpty; number++)
        {
            int end = rest.IndexOf('\n');
            ReadOnlySpan<char> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            line = line.EndsWith('\r') ? line[..^1] : line;
            if (line.Length >= 2 && line[1] == '=')
            {
                reading.Add(line[0], new TmemListLine(line[2..], number), number);
            }
        }

        return reading.Result;
    }

    /// <summary>Reads a text, if it can be read.</summary>
    /// <param name="text">The text.</param>
    /// <param name="list">What it tells; null when a value is wrong, or the text is null.</param>
    /// <returns>Whether it could be read.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out TmemList? list)
    {
        list = null;
        if (text is null)
        {
            return false;
        }

        try
        {
            list = Parse(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool HasAny(in TmemListLine line, string[] keys)
    {
        foreach (string key in keys)
        {
            if (line.Has(key))
            {
                return true;
            }
        }

        return false;
    }

    private static TmemListHost HostOf(in TmemListLine line) => new()
    {
        IsLong = HasAny(line, s_hostDetails),
        Operations = line.Number("Tt"),
        FailedOperations = line.Number("Te"),
        FailedCopies = line.Number("Cf"),
        FailedRecordAllocations = line.Number("Af"),
        FailedFrameAllocations = line.Number("Pf"),
        FreeFrames = line.Number("Ta"),
        LowMemoryEvents = line.Number("Lm"),
        Evictions = line.Number("Et"),
        EvictionAttempts = line.Number("Ea"),
        FramesGivenBack = line.Number("Rt"),
        GiveBacks = line.Number("Ra"),
        GiveBackEvictionsMax = line.Number("Rx"),
        PoolFlushes = line.Number("Fp"),
        EphemeralPages = line.Number("Ec"),
        EphemeralPagesMax = line.Number("Em"),
        Objects = line.Number("Oc"),
        ObjectsMax = line.Number("Om"),
        Nodes = line.Number("Nc"),
        NodesMax = line.Number("Nm"),
        Pages = line.Number("Pc"),
        PagesMax = line.Number("Pm"),
        DataFrames = line.Number("Fc"),
        DataFramesMax = line.Number("Fm"),
        Contents = line.Number("Sc"),
        ContentsMax = line.Number("Sm"),
        NewEphemeralPuts = line.Number("Ep"),
        DeduplicatedPuts = line.Number("Gd"),
        TrimmedBytes = line.Number("Zt"),
        CompressedContentBytes = line.Number("Gz"),
    };

    private static TmemListClient ClientOf(in TmemListLine line) => new()
    {
        IsLong = HasAny(line, s_clientDetails),
        Id = line.Id("CI"),
        Weight = line.Weight("ww"),
        Cap = line.Number("ca"),
        Compresses = line.Number("co") != 0,
        IsFrozen = line.Number("fr") != 0,
        Cycles = line.Number("Tc"),
        EphemeralHits = line.Number("Ge"),
        PersistentPuts = line.Number("Pp"),
        PersistentHits = line.Number("Gp"),
        EphemeralPages = line.Number("Ec"),
        EphemeralPagesMax = line.Number("Em"),
        PackedPages = line.Number("cp"),
        PackedBytes = line.Number("cb"),
        PutsIncompressible = line.Number("cn"),
        PackedPutsRefused = line.Number("cm"),
    };

    private static TmemListPool PoolOf(in TmemListLine line)
    {
        (bool isPersistent, bool isShared) = line.PoolType("PT");
        return new TmemListPool
        {
            ClientId = line.Id("CI"),
            Id = line.Id("PI"),
            IsPersistent = isPersistent,
            IsShared = isShared,
            Uuid = new PoolUuid(line.Hex("U0"), line.Hex("U1")),
            Counts = CountsOf(line),
        };
    }

    private static TmemListSharedPool SharedPoolOf(in TmemListLine line) => new()
    {
        Slot = line.Id("SI"),
        IsPersistent = line.PoolType("PT").IsPersistent,
        Uuid = new PoolUuid(line.Hex("U0"), line.Hex("U1")),
        Sharers = line.Ids("SC"),
        Counts = CountsOf(line),
    };

    private static TmemListPoolCounts CountsOf(in TmemListLine line) => new()
    {
        IsLong = HasAny(line, s_poolDetails),
        Pages = line.Number("Pc"),
        PagesMax = line.Number("Pm"),
        Objects = line.Number("Oc"),
        ObjectsMax = line.Number("Om"),
        Nodes = line.Number("Nc"),
        NodesMax = line.Number("Nm"),
        PutsStored = line.Number("ps"),
        Puts = line.Number("pt"),
        PutsDropped = line.Number("pd"),
        PutsReplaced = line.Number("pr"),
        PutsRefused = line.Number("px"),
        GetHits = line.Number("gs"),
        Gets = line.Number("gt"),
        PageFlushesFound = line.Number("fs"),
        PageFlushes = line.Number("ft"),
        ObjectFlushesFound = line.Number("os"),
        ObjectFlushes = line.Number("ot"),
    };

    private static void AddTimings(List<TmemListTiming> timings, in TmemListLine line)
    {
        for (int work = 0; work < TimingTags.Length; work++)
        {
            char tag = TimingTags[work];
            if (line.Has($"{tag}n"))
            {
                timings.Add(new TmemListTiming(
                    (TmemListWork)work, line.Number($"{tag}n"), line.Number($"{tag}t"), line.Number($"{tag}x"), line.Number($"{tag}m")));
            }
        }
    }

    /// <summary>A text that is being read.</summary>
    private sealed class Reading
    {
        private readonly List<TmemListSharedPool> _sharedPools = [];
        private readonly List<TmemListClient> _clients = [];
        private readonly List<TmemListPool> _pools = [];
        private readonly List<TmemListTiming> _timings = [];
        private TmemListHost? _host;

        public TmemList Result => new()
        {
            Host = _host,
            SharedPools = _sharedPools,
            Clients = _clients,
            Pools = _pools,
            Timings = _timings,
        };

        public void Add(char tag, in TmemListLine line, int number)
        {
            switch (tag)
            {
                case 'G' when _host is not null:
                    throw new FormatException(string.Create(
                        CultureInfo.InvariantCulture, $"Line {number}, column 1: a text has one line of the host (G), and this is another."));
                case 'G':
                    _host = HostOf(line);
                    break;
                case 'S':
                    _sharedPools.Add(SharedPoolOf(line));
                    break;
                case 'C':
                    _clients.Add(ClientOf(line));
                    break;
                case 'P':
                    _pools.Add(PoolOf(line));
                    break;
                case 'T':
                    AddTimings(_timings, line);
                    break;
            }
        }
    }
}
