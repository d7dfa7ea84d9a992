using System.Runtime.InteropServices;
using TmemCore.Memory;

namespace TmemCore.Tests.Codecs;

/// <summary>
/// Memory between two pages that cannot be touched: a byte read or written beyond it ends the process. On other systems than
/// Linux it is plain memory.
/// </summary>
internal sealed unsafe class GuardedMemory : IDisposable
{
    private const int MapFixed = 0x10;
    private const int NoAccess = 0;

    private static readonly int s_guardBytes = Environment.SystemPageSize;

    private readonly byte* _memory;
    private readonly int _bytes;

    /// <summary>Maps memory for so many bytes, rounded up to pages of the system.</summary>
    public GuardedMemory(int bytes)
    {
        _bytes = (bytes + s_guardBytes - 1) / s_guardBytes * s_guardBytes;
        if (!OperatingSystem.IsLinux())
        {
            _memory = (byte*)NativeMemory.AlignedAlloc((nuint)_bytes, (nuint)s_guardBytes);
            return;
        }

        nuint all = (nuint)(_bytes + (2 * s_guardBytes));
        byte* mapped = (byte*)Native.Map(null, all, NoAccess, Native.MapPrivateAnonymousNoReserve, -1, 0);
        _memory = (byte*)Native.Map(
            mapped + s_guardBytes, (nuint)_bytes, Native.ProtectReadWrite, Native.MapPrivateAnonymousNoReserve | MapFixed, -1, 0);
        if (_memory != mapped + s_guardBytes)
        {
            throw new InsufficientMemoryException($"The system refused {all:N0} bytes of addresses.");
        }
    }

    /// <summary>All bytes between the guards.</summary>
    public int Bytes => _bytes;

    /// <summary>The first bytes, right behind the first guard.</summary>
    public Span<byte> First(int bytes) => new(_memory, bytes);

    /// <summary>The last bytes, right before the second guard.</summary>
    public Span<byte> Last(int bytes) => new(_memory + _bytes - bytes, bytes);

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Native.Unmap(_memory - s_guardBytes, (nuint)(_bytes + (2 * s_guardBytes)));
        }
        else
        {
            NativeMemory.AlignedFree(_memory);
        }
    }
}
