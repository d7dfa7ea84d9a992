using System.Globalization;

namespace TmemCore.CacheBench;

/// <summary>What Linux says a process takes.</summary>
internal static class ProcessMemory
{
    public static long ResidentBytes(int processId) => Read(processId, "VmRSS:");

    public static long PeakBytes(int processId) => Read(processId, "VmHWM:");

    private static long Read(int processId, string field) => long.Parse(
        File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) << 10;
}
