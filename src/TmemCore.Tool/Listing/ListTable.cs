using System.Globalization;
using TmemCore.Statistics;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Listing;

/// <summary>Statistics for people: the host in a line, a table of clients, a table of pools.</summary>
internal static class ListTable
{
    private const string Nothing = "-";

    /// <summary>Writes a list of the long form.</summary>
    /// <param name="list">The list.</param>
    /// <param name="memory">What the store holds and how far it may go; null when it does not tell.</param>
    /// <param name="output">Where to.</param>
    public static void Write(TmemList list, MemoryStatistics? memory, TextWriter output)
    {
        if (list.Host is TmemListHost host)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{host.Pages:N0} pages in {host.Objects:N0} objects, {host.EphemeralPages:N0} of them ephemeral; {host.FreeFrames:N0} frames free; {host.Operations:N0} operations, {host.FailedOperations:N0} of them refused; {host.Evictions:N0} evictions."));
            if (memory is not null)
            {
                output.WriteLine(MemoryText.Of(memory) + ".");
            }

            output.WriteLine();
        }

        Write(output, 2, ["client", "state", "weight", "cap MiB", "ephemeral", "persistent", "packed", "bytes each", "hits"], list.Clients.Select(client => RowOf(list, client)));
        if (list.Pools.Count != 0)
        {
            output.WriteLine();
            Write(output, 3, ["client", "pool", "kind", "pages", "objects", "puts", "stored", "gets", "hits", "hit %"], list.Pools.Select(RowOf));
        }
    }

    /// <summary>The share of gets that found a page, as a percentage.</summary>
    public static string Percent(long hits, long gets) =>
        gets == 0 ? Nothing : string.Create(CultureInfo.InvariantCulture, $"{100.0 * hits / gets:F1}");

    private static void Write(TextWriter output, int textColumns, string[] head, IEnumerable<string[]> rows)
    {
        foreach (string line in TextTable.Lines([head, .. rows], textColumns))
        {
            output.WriteLine(line);
        }
    }

    private static string[] RowOf(TmemList list, TmemListClient client) =>
    [
        Number(client.Id),
        client.IsFrozen ? "frozen" : client.Compresses ? "packs" : "",
        Number(client.Weight),
        client.Cap == 0 ? Nothing : Number(client.Cap),
        Number(client.EphemeralPages),
        Number(list.Pools.Where(pool => pool.ClientId == client.Id && pool.IsPersistent).Sum(static pool => pool.Counts.Pages)),
        Number(client.PackedPages),
        client.PackedPages == 0 ? Nothing : Number(client.PackedBytes / client.PackedPages),
        Number(client.EphemeralHits + client.PersistentHits),
    ];

    private static string[] RowOf(TmemListPool pool) =>
    [
        Number(pool.ClientId),
        Number(pool.Id),
        (pool.IsPersistent ? "persistent" : "ephemeral") + (pool.IsShared ? " shared" : ""),
        Number(pool.Counts.Pages),
        Number(pool.Counts.Objects),
        Number(pool.Counts.Puts),
        Number(pool.Counts.PutsStored),
        Number(pool.Counts.Gets),
        Number(pool.Counts.GetHits),
        Percent(pool.Counts.GetHits, pool.Counts.Gets),
    ];

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
