using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace TmemCore.Tool.Density;

/// <summary>
/// The memory of a running process that is its own: private, writable, not of a file, and in memory or swapped out. That is
/// what would go to swap. Linux alone; it takes the right to trace the process.
/// </summary>
internal sealed class ProcessFeed : PageFeed
{
    private const int MapEntryBytes = 8;
    private const ulong IsPresent = 1UL << 63;
    private const ulong IsSwapped = 1UL << 62;

    private readonly int _process;
    private readonly SafeFileHandle _memory;
    private readonly List<long> _addresses = [];

    private ProcessFeed(int process, SafeFileHandle memory)
    {
        _process = process;
        _memory = memory;
    }

    /// <inheritdoc/>
    public override int Pages => _addresses.Count;

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"the memory of process {_process}");

    /// <summary>Finds a process's pages.</summary>
    /// <param name="process">Its number.</param>
    /// <param name="mostPages">Pages to note at most.</param>
    /// <exception cref="IOException">There is no such process.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be traced.</exception>
    public static ProcessFeed Open(int process, int mostPages)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        var feed = new ProcessFeed(process, File.OpenHandle($"{folder}/mem"));
        try
        {
            using SafeFileHandle pageMap = File.OpenHandle($"{folder}/pagemap");
            foreach (string line in File.ReadLines($"{folder}/maps"))
            {
                if (TryParse(line, out long from, out long to))
                {
                    feed.AddPages(pageMap, from, to, mostPages);
                }
            }

            return feed;
        }
        catch
        {
            feed.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override bool TryRead(int number, Span<byte> page)
    {
        try
        {
            return RandomAccess.Read(_memory, page, _addresses[number]) == page.Length;
        }
        catch (IOException)
        {
            // Unmapped meanwhile: the process goes on running.
            return false;
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _memory.Dispose();

    /// <summary>Reads a line such as <c>7f00…-7f01… rw-p 00000000 00:00 0 [heap]</c>.</summary>
    internal static bool TryParse(string line, out long from, out long to)
    {
        from = 0;
        to = 0;
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 5 || !fields[1].StartsWith("rw", StringComparison.Ordinal) || fields[1][3] != 'p' || fields[4] != "0")
        {
            return false;
        }

        string[] range = fields[0].Split('-');
        return range.Length == 2
            && long.TryParse(range[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out from)
            && long.TryParse(range[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out to)
            && from >= 0 && from < to;
    }

    private void AddPages(SafeFileHandle pageMap, long from, long to, int mostPages)
    {
        var entries = new byte[4096 * MapEntryBytes];
        while (from < to && _addresses.Count < mostPages)
        {
            int wanted = (int)Math.Min((to - from) / TmemPool.PageBytes, 4096);
            int read = RandomAccess.Read(pageMap, entries.AsSpan(0, wanted * MapEntryBytes), from / TmemPool.PageBytes * MapEntryBytes) / MapEntryBytes;
            for (int i = 0; i < read && _addresses.Count < mostPages; i++)
            {
                ulong entry = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(i * MapEntryBytes));
                if ((entry & (IsPresent | IsSwapped)) != 0)
                {
                    _addresses.Add(from + ((long)i * TmemPool.PageBytes));
                }
            }

            if (read == 0)
            {
                return;
            }

            from += (long)read * TmemPool.PageBytes;
        }
    }
}
