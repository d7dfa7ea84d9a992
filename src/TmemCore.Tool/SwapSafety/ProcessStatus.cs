using System.Globalization;

namespace TmemCore.Tool.SwapSafety;

/// <summary>What the system says of this process in /proc/self/status.</summary>
internal static class ProcessStatus
{
    private const int LockCapability = 14;

    /// <summary>Addresses that are mapped, reserved ones included, in bytes.</summary>
    public static long MappedBytes => long.Parse(Field("VmSize:").Split(' ')[0], CultureInfo.InvariantCulture) << 10;

    /// <summary>Whether the process may lock memory whatever its limit (CAP_IPC_LOCK).</summary>
    public static bool MayLockWithoutLimit =>
        (ulong.Parse(Field("CapEff:"), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> LockCapability & 1) != 0;

    private static string Field(string name)
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return line[name.Length..].Trim();
            }
        }

        throw new PlatformNotSupportedException($"The system does not tell {name.TrimEnd(':')} in /proc/self/status.");
    }
}
