using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace TmemCore.Memory;

/// <summary>
/// Memory that two processes have mapped. The other may write to any of it at any moment: what matters is read once, and then judged. Offsets are
/// the caller's to keep within the length.
/// </summary>
internal sealed unsafe class SharedMemory : IDisposable
{
    private readonly MemoryRegion _region;

    private SharedMemory(MemoryRegion region) => _region = region;

    /// <summary>The file, for the other process.</summary>
    public SafeFileHandle File => _region.File;

    /// <summary>Makes some, all zero, whose length nobody can change.</summary>
    public static SharedMemory Create(long bytes) => new(MemoryRegion.Share(bytes));

    /// <summary>Maps what another process has made.</summary>
    /// <exception cref="ArgumentException">It is of another length.</exception>
    public static SharedMemory Adopt(SafeFileHandle file, long bytes) => new(MemoryRegion.Adopt(file, bytes, lockMemory: false));

    /// <summary>A record at an offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T At<T>(long offset)
        where T : unmanaged => ref Unsafe.AsRef<T>(_region.Base + offset);

    /// <summary>Bytes from an offset on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Bytes(long offset, int bytes) => new(_region.Base + offset, bytes);

    /// <summary>Takes the mapping away; nobody may be in it.</summary>
    public void Dispose() => _region.Dispose();
}
