using System.Diagnostics;
using TmemCore.Codecs;

namespace TmemCore.Tool.Density;

/// <summary>
/// What compressing pages costs beside copying them, in turns over the same pages. Both end in memory that no cache holds and that
/// the system has backed already.
/// </summary>
internal sealed class CodecTimes(PageCodec codec) : IDisposable
{
    private const int TurnPages = 64;
    private const int ColdPages = 1 << 14;

    private readonly CodecScratch _scratch = new();
    private readonly byte[] _pages = new byte[TurnPages * TmemPool.PageBytes];
    private readonly byte[] _output = new byte[TmemPool.PageBytes];
    private readonly byte[] _cold = ColdMemory();
    private readonly List<(long CopyTicks, long CompressTicks)> _turns = [];
    private int _count;
    private int _next;

    /// <summary>Nanoseconds to copy a page: the median of the turns.</summary>
    public double CopyNs => Median(static turn => turn.CopyTicks) * 1e9 / Stopwatch.Frequency / TurnPages;

    /// <summary>Nanoseconds to compress a page and copy the outcome: the median of the turns.</summary>
    public double CompressNs => Median(static turn => turn.CompressTicks) * 1e9 / Stopwatch.Frequency / TurnPages;

    /// <summary>The median of the turns' quotients; 0 when there were too few pages for a turn.</summary>
    public double CompressToCopy => Median(static turn => (double)turn.CompressTicks / Math.Max(turn.CopyTicks, 1));

    /// <summary>Notes a page; every 64 pages make a turn.</summary>
    public void Add(ReadOnlySpan<byte> page)
    {
        page.CopyTo(_pages.AsSpan(_count * TmemPool.PageBytes));
        if (++_count == TurnPages)
        {
            _count = 0;
            long begin = Stopwatch.GetTimestamp();
            CopyAll();
            long copied = Stopwatch.GetTimestamp();
            CompressAll();
            _turns.Add((copied - begin, Stopwatch.GetTimestamp() - copied));
        }
    }

    /// <summary>Frees what the codec worked in.</summary>
    public void Dispose() => _scratch.Dispose();

    private static byte[] ColdMemory()
    {
        var memory = new byte[ColdPages * TmemPool.PageBytes];
        Array.Fill(memory, (byte)1);
        return memory;
    }

    private void CopyAll()
    {
        for (int i = 0; i < TurnPages; i++)
        {
            PageAt(i).CopyTo(NextCold());
        }
    }

    private void CompressAll()
    {
        for (int i = 0; i < TurnPages; i++)
        {
            ReadOnlySpan<byte> page = PageAt(i);
            if (!SameFilled.TryFind(page, out _))
            {
                int bytes = codec.Compress(page, _output, _scratch);
                (bytes == 0 ? page : _output.AsSpan(0, bytes)).CopyTo(NextCold());
            }
        }
    }

    private ReadOnlySpan<byte> PageAt(int i) => _pages.AsSpan(i * TmemPool.PageBytes, TmemPool.PageBytes);

    /// <summary>Far from the last place, so that neither the cache nor its prefetching helps.</summary>
    private Span<byte> NextCold()
    {
        _next = (_next + 6_151) % ColdPages;
        return _cold.AsSpan(_next * TmemPool.PageBytes, TmemPool.PageBytes);
    }

    private double Median(Func<(long CopyTicks, long CompressTicks), double> part)
    {
        double[] values = [.. _turns.Select(part).Order()];
        return values.Length == 0 ? 0 : values[values.Length / 2];
    }
}
