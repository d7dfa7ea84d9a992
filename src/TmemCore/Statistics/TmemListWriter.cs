using System.Globalization;
using System.Text;
using TmemCore.Store;

namespace TmemCore.Statistics;

/// <summary>
/// Writes statistics in the text form of the original's list command: lines of a tag, an equals sign and comma-separated
/// <c>key:value</c> fields with two-letter keys. The control lock is held by the caller.
/// </summary>
internal sealed class TmemListWriter(PageStore store, bool isLong)
{
    private const long MibBytes = 1L << 20;

    private readonly StringBuilder _text = new();

    /// <summary>The host, its shared pools, its clients with their pools, and the end mark.</summary>
    public string WriteAll()
    {
        WriteHost();
        store.VisitSharedPools(WriteSharedPool);
        store.VisitClients(WriteClientLines);
        _text.Append("T\n");
        return _text.ToString();
    }

    /// <summary>One client with its pools.</summary>
    public string WriteClient(uint client)
    {
        WriteClientLines(client);
        return _text.ToString();
    }

    private void WriteHost()
    {
        HostStatistics s = store.HostStatistics();
        Begin('G', "Tt", s.Operations);
        Add("Te", s.FailedOperations);
        Add("Cf", s.FailedCopies);
        Add("Af", s.Refusals.Metadata);
        Add("Pf", s.Refusals.Memory);
        Add("Ta", s.FreeFrames);
        Add("Lm", 0);
        Add("Et", s.Evictions);
        Add("Ea", s.EvictionAttempts);
        Add("Rt", s.FramesGivenBack);
        Add("Ra", s.GiveBacks);
        Add("Rx", s.GiveBackEvictionsMax);
        Add("Fp", 0);
        if (isLong)
        {
            WriteHostDetails(s);
        }

        _text.Append('\n');
    }

    private void WriteHostDetails(HostStatistics s)
    {
        Add("Ec", s.EphemeralPages);
        Add("Em", s.EphemeralPagesMax);
        Add("Oc", s.Objects);
        Add("Om", s.ObjectsMax);
        Add("Nc", s.Nodes);
        Add("Nm", s.NodesMax);
        Add("Pc", s.Pages);
        Add("Pm", s.PagesMax);
        Add("Fc", s.DataFrames);
        Add("Fm", s.DataFramesMax);
        Add("Sc", 0);
        Add("Sm", 0);
        Add("Ep", s.NewEphemeralPuts);
        Add("Gd", 0);
        Add("Zt", 0);
        Add("Gz", 0);
    }

    private void WriteSharedPool(uint slot, uint pool)
    {
        PoolStatistics s = store.PoolStatistics(pool);
        Begin('S', "SI", slot);
        AddText("PT", TypeOf(s));
        AddUuid(s);
        foreach (int id in store.SharersOf(pool))
        {
            Add("SC", id);
        }

        if (isLong)
        {
            WritePoolDetails(s);
        }

        _text.Append('\n');
    }

    private void WriteClientLines(uint client)
    {
        ClientStatistics s = store.ClientStatistics(client);
        Begin('C', "CI", s.Id);
        Add("ww", (int)s.Weight);
        Add("ca", (int)((s.EphemeralCapBytes + MibBytes - 1) / MibBytes));
        Add("co", s.Compresses ? 1 : 0);
        Add("fr", s.IsFrozen ? 1 : 0);
        Add("Tc", 0);
        Add("Ge", s.EphemeralHits);
        Add("Pp", s.PersistentPuts);
        Add("Gp", s.PersistentHits);
        if (isLong)
        {
            Add("Ec", s.EphemeralPages);
            Add("Em", s.EphemeralPagesMax);
            Add("cp", s.PackedPages);
            Add("cb", s.PackedBytes);
            Add("cn", s.PutsIncompressible);
            Add("cm", s.PackedPutsRefused);
        }

        _text.Append('\n');
        for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
        {
            uint poolPlusOne = store.Client(client).Pools[slot];
            if (poolPlusOne != 0)
            {
                WritePool(s.Id, poolPlusOne - 1);
            }
        }
    }

    private void WritePool(int client, uint pool)
    {
        PoolStatistics s = store.PoolStatistics(pool);
        Begin('P', "CI", client);
        Add("PI", s.Id);
        AddText("PT", TypeOf(s));
        AddUuid(s);
        if (isLong)
        {
            WritePoolDetails(s);
        }

        _text.Append('\n');
    }

    private void WritePoolDetails(PoolStatistics s)
    {
        Add("Pc", s.Pages);
        Add("Pm", s.PagesMax);
        Add("Oc", s.Objects);
        Add("Om", s.ObjectsMax);
        Add("Nc", s.Nodes);
        Add("Nm", s.NodesMax);
        Add("ps", s.PutsStored);
        Add("pt", s.Puts);
        Add("pd", s.PutsDropped);
        Add("pr", s.PutsReplaced);
        Add("px", s.PutsRefused);
        Add("gs", s.GetHits);
        Add("gt", s.Gets);
        Add("fs", s.PageFlushesFound);
        Add("ft", s.PageFlushes);
        Add("os", s.ObjectFlushesFound);
        Add("ot", s.ObjectFlushes);
    }

    private static string TypeOf(PoolStatistics s) => (s.IsPersistent, s.IsShared) switch
    {
        (false, false) => "EP",
        (false, true) => "ES",
        (true, false) => "PP",
        (true, true) => "PS",
    };

    private void AddUuid(PoolStatistics s)
    {
        AddText("U0", s.IsShared ? s.Uuid.Low.ToString("x", CultureInfo.InvariantCulture) : "0");
        AddText("U1", s.IsShared ? s.Uuid.High.ToString("x", CultureInfo.InvariantCulture) : "0");
    }

    private void Begin(char tag, string key, long value) =>
        _text.Append(tag).Append('=').Append(key).Append(':').Append(CultureInfo.InvariantCulture, $"{value}");

    private void Add(string key, long value) =>
        _text.Append(',').Append(key).Append(':').Append(CultureInfo.InvariantCulture, $"{value}");

    private void AddText(string key, string value) => _text.Append(',').Append(key).Append(':').Append(value);
}
