using System.Buffers.Text;
using System.Text;

namespace TmemCore.Memory;

/// <summary>
/// Reads the memory of a Linux machine, of the control groups of this process (version 2, and the memory groups of version 1), and how tasks wait for
/// it. A few small files are read each time: a process may be moved to another group at any moment.
/// </summary>
/// <param name="root">The folder that <c>proc</c> and <c>sys</c> are in.</param>
internal sealed class MachineReader(string root = "/") : IMachineReader
{
    public const string Machine = "the machine";

    private const string GroupPrefix = "the control group ";
    private const string GroupRoot = "/sys/fs/cgroup";
    private const string OldGroupRoot = GroupRoot + "/memory";
    private const int MostBytes = 16 << 10;

    /// <summary>A limit from here on is none: groups of version 1 without one show the largest number of pages.</summary>
    private const long NoLimitBytes = 1L << 60;

    private readonly string _root = root.TrimEnd('/');
    private readonly byte[] _buffer = new byte[MostBytes];

    /// <inheritdoc/>
    public MachineReading Read()
    {
        if (!OperatingSystem.IsLinux())
        {
            return new MachineReading([]);
        }

        var scopes = new List<MemoryScope>();
        long machineBytes = NoLimitBytes;
        if (TryReadMachine() is MemoryScope machine)
        {
            scopes.Add(machine);
            machineBytes = machine.SizeBytes;
        }

        string[] membership = Encoding.UTF8.GetString(Text("/proc/self/cgroup")).Split('\n');
        AddGroups(scopes, MachineMemory.GroupFolders(membership), GroupRoot, ReadGroup, machineBytes);
        AddGroups(scopes, MachineMemory.MemoryGroupFolders(membership), OldGroupRoot, ReadOldGroup, machineBytes);
        return new MachineReading(scopes);
    }

    /// <summary>What can be dropped without anybody's missing it soon: caches of files that are not being written, half of those in use.</summary>
    internal static long ReclaimableBytes(ReadOnlySpan<byte> statistics, bool isOld)
    {
        long Of(ReadOnlySpan<byte> text, string name) => Math.Max(0, NumberAfter(text, Encoding.ASCII.GetBytes((isOld ? "total_" : "") + name + " ")) ?? 0);
        long files = Of(statistics, "inactive_file") + (Of(statistics, "active_file") / 2);
        long busy = isOld
            ? Of(statistics, "dirty") + Of(statistics, "writeback")
            : Of(statistics, "file_dirty") + Of(statistics, "file_writeback");
        return Math.Max(0, files - busy) + (isOld ? 0 : Of(statistics, "slab_reclaimable") / 2);
    }

    /// <summary>Pressure as the files of that name tell it; null when they tell nothing.</summary>
    internal static MemoryPressure? PressureFrom(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> some = LineOf(text, "some "u8);
        ReadOnlySpan<byte> full = LineOf(text, "full "u8);
        return NumberAfter(some, "total="u8) is long someMicroseconds
            ? new MemoryPressure(
                ShareOf(some), TimeSpan.FromMicroseconds(someMicroseconds), ShareOf(full), TimeSpan.FromMicroseconds(NumberAfter(full, "total="u8) ?? 0))
            : null;
    }

    /// <summary>The whole number behind a word, spaces between; null when there is none.</summary>
    internal static long? NumberAfter(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        for (int at = 0; at <= text.Length;)
        {
            int found = text[at..].IndexOf(word);
            if (found < 0)
            {
                return null;
            }

            at += found;
            if (at == 0 || text[at - 1] is (byte)'\n' or (byte)' ')
            {
                return Number(text[(at + word.Length)..].TrimStart((byte)' '));
            }

            at++;
        }

        return null;
    }

    private static ReadOnlySpan<byte> LineOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> begin)
    {
        foreach (Range range in text.Split((byte)'\n'))
        {
            if (text[range].StartsWith(begin))
            {
                return text[range];
            }
        }

        return default;
    }

    private static double ShareOf(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> name = "avg10="u8;
        int at = line.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(line[(at + name.Length)..], out double percent, out _) && percent is >= 0 and <= 100 ? percent / 100 : 0;
    }

    /// <summary>A whole number that nothing but a space or a line's end follows; null when there is none.</summary>
    private static long? Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out int length) && number >= 0 && (length == text.Length || text[length] is (byte)' ' or (byte)'\n')
            ? number
            : null;

    private MemoryScope? TryReadMachine()
    {
        ReadOnlySpan<byte> memory = Text("/proc/meminfo");
        long? total = NumberAfter(memory, "MemTotal:"u8) << 10;
        long? available = NumberAfter(memory, "MemAvailable:"u8) << 10;
        return total is > 0 && available is >= 0
            ? new MemoryScope(Machine, total.Value, available.Value, PressureFrom(Text("/proc/pressure/memory")))
            : null;
    }

    private static void AddGroups(
        List<MemoryScope> scopes, IEnumerable<string> folders, string groupRoot, Func<string, string, long, MemoryScope?> read, long machineBytes)
    {
        foreach (string folder in folders)
        {
            // A process outside of what its namespace shows is told a path that leads out of the tree.
            bool isInside = !folder.Contains("/..", StringComparison.Ordinal);
            string path = folder.Length > groupRoot.Length ? folder[groupRoot.Length..] : "/";
            if (isInside && read(folder, GroupPrefix + path, machineBytes) is MemoryScope scope)
            {
                scopes.Add(scope);
            }
        }
    }

    private MemoryScope? ReadGroup(string folder, string name, long machineBytes)
    {
        long limit = Math.Min(Number(Text(folder + "/memory.max")) ?? long.MaxValue, Number(Text(folder + "/memory.high")) ?? long.MaxValue);
        if (limit >= machineBytes || Number(Text(folder + "/memory.current")) is not long current)
        {
            return null;
        }

        long reclaimable = ReclaimableBytes(Text(folder + "/memory.stat"), isOld: false);
        return new MemoryScope(name, limit, limit - current + Math.Min(reclaimable, current), PressureFrom(Text(folder + "/memory.pressure")));
    }

    private MemoryScope? ReadOldGroup(string folder, string name, long machineBytes)
    {
        long limit = Number(Text(folder + "/memory.limit_in_bytes")) ?? long.MaxValue;
        if (limit >= machineBytes || Number(Text(folder + "/memory.usage_in_bytes")) is not long current)
        {
            return null;
        }

        long reclaimable = ReclaimableBytes(Text(folder + "/memory.stat"), isOld: true);
        return new MemoryScope(name, limit, limit - current + Math.Min(reclaimable, current), Pressure: null);
    }

    /// <summary>The beginning of a file, until the next call; nothing when it cannot be read.</summary>
    private ReadOnlySpan<byte> Text(string path)
    {
        string file = _root + path;
        try
        {
            if (!File.Exists(file))
            {
                return default;
            }

            // Files that the kernel makes up have no length: they are read to their end.
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            return _buffer.AsSpan(0, stream.ReadAtLeast(_buffer, _buffer.Length, throwOnEndOfStream: false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
