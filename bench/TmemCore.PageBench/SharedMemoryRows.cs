using System.Diagnostics;
using System.Globalization;
using TmemCore.Client;

namespace TmemCore.PageBench;

/// <summary>
/// Pages through memory that is shared with a daemon beside the embedded call, in turns: over a store that the processor's cache holds, where the way of a
/// line between two cores is all there is to see, and over one that it does not, where both pay for memory that is cold.
/// </summary>
internal sealed class SharedMemoryRows
{
    private const int SmallPages = 4096;
    public const int LargePages = 1 << 18;
    private const int MostTogether = 32;
    private const double Must = 3;

    private readonly IPersistentPool _embedded;
    private readonly IPersistentPool _shared;
    private readonly PageHandle[] _order;
    private readonly int _rounds;
    private readonly byte[] _pages = new byte[MostTogether * TmemPool.PageBytes];
    private readonly PutResult[] _stored = new PutResult[MostTogether];
    private readonly GetResult[] _found = new GetResult[MostTogether];
    private int _at;

    private SharedMemoryRows(IPersistentPool embedded, IPersistentPool shared, PageHandle[] order, int rounds)
    {
        _embedded = embedded;
        _shared = shared;
        _order = order;
        _rounds = rounds;
        new Random(2).NextBytes(_pages);
    }

    /// <summary>Writes all rows.</summary>
    /// <param name="own">A client of the host in this process.</param>
    /// <param name="sharing">A connection to the server of the same host.</param>
    /// <param name="options">How many pages the large store has at most, and how many rounds there are.</param>
    /// <param name="writer">Where they go.</param>
    public static void Write(TmemClient own, TmemConnection sharing, BenchOptions options, TextWriter writer)
    {
        if (!sharing.UsesSharedMemory)
        {
            throw new InvalidOperationException("The server has given no memory to share.");
        }

        writer.WriteLine("pages      a call   op    embedded, ns   shared memory, ns   ratio   quartiles     must   met");
        foreach (int pages in (int[])[SmallPages, Math.Min(options.Pages, LargePages)])
        {
            using PersistentPool embedded = own.CreatePersistentPool();
            using IPersistentPool shared = sharing.CreatePersistentPool();
            var rows = new SharedMemoryRows(embedded, shared, Shuffled(pages), options.Rounds);
            rows.Fill();
            foreach (int together in (int[])[1, MostTogether])
            {
                rows.Write(writer, together, isPut: true);
                rows.Write(writer, together, isPut: false);
            }
        }
    }

    /// <summary>All pages of a store, in an order that no processor foresees.</summary>
    private static PageHandle[] Shuffled(int pages)
    {
        PageHandle[] order = [.. Enumerable.Range(0, pages).Select(static i => new PageHandle(FilledStore.ObjectOf(i), FilledStore.IndexOf(i)))];
        new Random(1).Shuffle(order);
        return order;
    }

    private void Fill()
    {
        foreach (PageHandle handle in _order)
        {
            if (_embedded.Put(handle.Object, handle.Index, _pages.AsSpan(0, TmemPool.PageBytes)) != PutResult.Stored
                || _shared.Put(handle.Object, handle.Index, _pages.AsSpan(0, TmemPool.PageBytes)) != PutResult.Stored)
            {
                throw new InvalidDataException("A page was refused.");
            }
        }
    }

    private void Write(TextWriter writer, int together, bool isPut)
    {
        var embedded = new double[_rounds];
        var shared = new double[_rounds];
        var ratios = new double[_rounds];
        Steady.Reach(() => Pair(together, isPut));
        for (int round = 0; round < _rounds; round++)
        {
            (embedded[round], shared[round]) = Pair(together, isPut);
            ratios[round] = shared[round] / embedded[round];
        }

        double ratio = Paired.Median(ratios);
        double[] sorted = [.. ratios.Order()];
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_order.Length,7:N0}   {together,6}   {(isPut ? "put" : "get")}   {Paired.Median(embedded),12:N0}   {Paired.Median(shared),17:N0}   {ratio,5:0.00}   {Paired.At(sorted, 0.25),5:0.00}–{Paired.At(sorted, 0.75),-5:0.00}   {Must,4:0}   {(ratio <= Must ? "yes" : "no")}"));
    }

    /// <summary>Nanoseconds a page of both, over the same stretch of the order.</summary>
    private (double Embedded, double Shared) Pair(int together, bool isPut)
    {
        int from = Paired.Next(ref _at, Math.Min(Paired.StretchOperations, _order.Length), _order.Length);
        return (Time(_embedded, from, together, isPut), Time(_shared, from, together, isPut));
    }

    /// <summary>Nanoseconds a page, over a stretch of the order.</summary>
    private double Time(IPersistentPool pool, int from, int together, bool isPut)
    {
        int count = Math.Min(Paired.StretchOperations, _order.Length);
        long begin = Stopwatch.GetTimestamp();
        for (int at = from; at < from + count; at += together)
        {
            if (!IsDone(pool, _order.AsSpan(at, together), isPut))
            {
                throw new InvalidDataException("An operation gave a wrong answer.");
            }
        }

        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / count;
    }

    private bool IsDone(IPersistentPool pool, ReadOnlySpan<PageHandle> handles, bool isPut)
    {
        Span<byte> pages = _pages.AsSpan(0, handles.Length * TmemPool.PageBytes);
        return (isPut, handles.Length) switch
        {
            (true, 1) => pool.Put(handles[0].Object, handles[0].Index, pages) == PutResult.Stored,
            (false, 1) => pool.Get(handles[0].Object, handles[0].Index, pages) == GetResult.Hit,
            (true, _) => pool.PutMany(handles, pages, _stored) == handles.Length,
            _ => pool.GetMany(handles, pages, _found) == handles.Length,
        };
    }
}
