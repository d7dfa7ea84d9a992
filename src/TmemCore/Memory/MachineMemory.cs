using System.Globalization;

namespace TmemCore.Memory;

/// <summary>How much memory this machine, or the control group that the process lives in, has at all.</summary>
internal static class MachineMemory
{
    private const string GroupRoot = "/sys/fs/cgroup";

    /// <summary>The most that this process could ever hold, in bytes, and what says so.</summary>
    public static (long Bytes, string Source) Limit()
    {
        if (!OperatingSystem.IsLinux())
        {
            return (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, "the machine");
        }

        (long bytes, string source) = (TotalFrom(ReadLines("/proc/meminfo")), "the machine");
        string[] membership = ReadLines("/proc/self/cgroup");
        IEnumerable<string> limits = GroupFolders(membership).Select(static folder => Path.Combine(folder, "memory.max"))
            .Concat(MemoryGroupFolders(membership).Select(static folder => Path.Combine(folder, "memory.limit_in_bytes")));
        foreach (string file in limits)
        {
            long group = LimitFrom(ReadLines(file));
            if (group < bytes)
            {
                (bytes, source) = (group, $"the control group with the limit {file}");
            }
        }

        return (bytes, source);
    }

    /// <summary>What could be used now without anybody's being short of it, in bytes, as the system estimates it; 0 when it does not say.</summary>
    public static long AvailableBytes() => OperatingSystem.IsLinux()
        ? Field(ReadLines("/proc/meminfo"), "MemAvailable:") ?? 0
        : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The last-level cache, in bytes; 32 MiB when the system does not say.</summary>
    public static long LastLevelCacheBytes()
    {
        const long Default = 32L << 20;
        string[] lines = ReadLines("/sys/devices/system/cpu/cpu0/cache/index3/size");
        return lines.Length > 0
            && lines[0].EndsWith('K')
            && long.TryParse(lines[0].AsSpan(0, lines[0].Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long kib)
                ? kib << 10
                : Default;
    }

    /// <summary>The line <c>MemTotal</c> of meminfo, in bytes.</summary>
    internal static long TotalFrom(string[] meminfo) => Field(meminfo, "MemTotal:") ?? long.MaxValue;

    /// <summary>The content of <c>memory.max</c>: a number, or the word that stands for no limit.</summary>
    internal static long LimitFrom(string[] maximum) =>
        maximum.Length > 0 && long.TryParse(maximum[0], NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            ? bytes
            : long.MaxValue;

    /// <summary>The group's folder and those above it, each of which may have a limit (control groups, version 2).</summary>
    internal static IEnumerable<string> GroupFolders(string[] membership)
    {
        foreach (string line in membership)
        {
            if (!line.StartsWith("0::/", StringComparison.Ordinal))
            {
                continue;
            }

            for (string path = line[3..]; path.Length > 1; path = path[..Math.Max(path.LastIndexOf('/'), 0)])
            {
                yield return GroupRoot + path;
            }

            yield return GroupRoot;
        }
    }

    /// <summary>The folder of the memory group and those above it (control groups, version 1).</summary>
    internal static IEnumerable<string> MemoryGroupFolders(string[] membership)
    {
        const string MemoryRoot = GroupRoot + "/memory";
        foreach (string line in membership)
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3 || !parts[1].Split(',').Contains("memory"))
            {
                continue;
            }

            for (string path = parts[2]; path.Length > 1; path = path[..Math.Max(path.LastIndexOf('/'), 0)])
            {
                yield return MemoryRoot + path;
            }

            yield return MemoryRoot;
        }
    }

    /// <summary>A line of meminfo, which counts in KiB.</summary>
    private static long? Field(string[] meminfo, string name)
    {
        foreach (string line in meminfo)
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                return long.Parse(parts[1], CultureInfo.InvariantCulture) << 10;
            }
        }

        return null;
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
