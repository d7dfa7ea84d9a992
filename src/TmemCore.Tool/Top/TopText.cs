using System.Globalization;
using TmemCore.Statistics;
using TmemCore.Tool.Listing;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Top;

/// <summary>A view as lines.</summary>
internal static class TopText
{
    private const string Nothing = "-";
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>The lines of a view.</summary>
    /// <param name="view">The view.</param>
    /// <param name="sort">What clients are sorted by.</param>
    public static IEnumerable<string> Lines(TopView view, TopSort sort)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{view.Pages:N0} pages, {view.EphemeralPages:N0} of them ephemeral; {view.FreeFrames:N0} frames free");
        yield return $"{Number(view.OperationsPerSecond)} operations a second, {Number(view.EvictionsPerSecond)} evictions a second  {Spark(view.Evictions, Most(view.Evictions))}".TrimEnd();
        if (view.Memory is MemoryStatistics memory)
        {
            yield return MemoryText.Of(memory);
        }

        yield return "";
        string[] head = ["client", "state", "weight", "pages", "persistent", "bytes each", "puts/s", "gets/s", "hit %", "hits lately"];
        foreach (string line in TextTable.Lines([head, .. Sorted(view.Clients, sort).Select(RowOf)], textColumns: 2))
        {
            yield return line;
        }
    }

    /// <summary>A chart of one line; values are held against the most.</summary>
    public static string Spark(IReadOnlyList<double> values, double most) => string.Concat(values.Select(value =>
        Bars[most <= 0 ? 0 : (int)Math.Clamp(value / most * Bars.Length, 0, Bars.Length - 1)]));

    private static double Most(IReadOnlyList<double> values) => values.Count == 0 ? 0 : values.Max();

    private static IEnumerable<TopClient> Sorted(IReadOnlyList<TopClient> clients, TopSort sort) => sort switch
    {
        TopSort.Activity => clients.OrderByDescending(static client => Known(client.PutsPerSecond) + Known(client.GetsPerSecond)).ThenBy(static client => client.Id),
        TopSort.Hits => clients.OrderByDescending(static client => Known(client.HitRatio)).ThenBy(static client => client.Id),
        TopSort.Id => clients.OrderBy(static client => client.Id),
        _ => clients.OrderByDescending(static client => client.Pages).ThenBy(static client => client.Id),
    };

    private static double Known(double value) => double.IsNaN(value) ? -1 : value;

    private static string[] RowOf(TopClient client) =>
    [
        Number(client.Id),
        client.State,
        Number(client.Weight),
        Number(client.Pages),
        Number(client.PersistentPages),
        Number(client.BytesPerPage),
        Number(client.PutsPerSecond),
        Number(client.GetsPerSecond),
        double.IsNaN(client.HitRatio) ? Nothing : string.Create(CultureInfo.InvariantCulture, $"{client.HitRatio * 100:F1}"),
        Spark(client.History, most: 1),
    ];

    private static string Number(double value) => double.IsNaN(value) ? Nothing : value.ToString("N0", CultureInfo.InvariantCulture);
}
