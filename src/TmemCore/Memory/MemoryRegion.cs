using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TmemCore.Memory;

/// <summary>
/// A range of addresses reserved from the system. Its pages are zero (except <see cref="BackingMemory.Portable"/>, where they
/// are undefined) and take memory when first touched. Excluded from core dumps and from child processes.
/// </summary>
internal sealed unsafe class MemoryRegion : IDisposable
{
    private readonly nuint _bytes;
    private readonly BackingMemory _backing;
    private readonly int _file;
    private void* _base;
    private bool _isLocked;

    private MemoryRegion(void* address, nuint bytes, BackingMemory backing, int file)
    {
        _base = address;
        _bytes = bytes;
        _backing = backing;
        _file = file;
    }

    public byte* Base => (byte*)_base;

    /// <summary>The memory file; closed with the region, not with the handle. Invalid for other backings.</summary>
    public SafeFileHandle File => new(_file, ownsHandle: false);

    /// <summary>Whether single pages can be given back before the region is disposed.</summary>
    public bool CanReturnMemory => _backing != BackingMemory.Portable;

    /// <summary>
    /// What a backing comes to here. Pages of the system larger than the store's could not be given back one by one, so
    /// such systems, and all but Linux, have the portable backing alone.
    /// </summary>
    public static BackingMemory Effective(BackingMemory backing)
    {
        if (OperatingSystem.IsLinux() && Environment.SystemPageSize == ArenaLayout.PageBytes)
        {
            return backing;
        }

        return backing == BackingMemory.MemoryFile
            ? throw new PlatformNotSupportedException(
                $"{nameof(TmemHostOptions.Backing)} {backing} needs Linux with pages of {ArenaLayout.PageBytes:N0} bytes; {BackingMemory.Anonymous} works here.")
            : BackingMemory.Portable;
    }

    /// <summary>Maps a memory file that another region was made of, in this process or in another.</summary>
    /// <param name="memory">The file; the region keeps a descriptor of its own.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="lockMemory">Whether to lock it.</param>
    /// <exception cref="ArgumentException">The file is of another length, or none that could be mapped.</exception>
    public static MemoryRegion Adopt(SafeFileHandle memory, long bytes, bool lockMemory)
    {
        long length = RandomAccess.GetLength(memory);
        if (length != bytes)
        {
            throw new ArgumentException($"The memory file has {length:N0} bytes; the store that is handed over has {bytes:N0}.", nameof(memory));
        }

        int file = Native.Control((int)memory.DangerousGetHandle(), Native.DuplicateCloseOnExec, 0);
        Check(file, "fcntl");
        MemoryRegion region = MapFile(file, (nuint)bytes);
        region.Protect(lockMemory);
        return region;
    }

    /// <summary>
    /// Makes memory for this process and another. Its length is sealed: should the other cut it off, this one would die of a touch.
    /// </summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static MemoryRegion Share(long bytes)
    {
        int file = Native.CreateMemoryFile("tmem-channel", Native.MemoryFileCloseOnExec | Native.MemoryFileAllowSealing);
        Check(file, "memfd_create");
        if (Native.SetFileLength(file, bytes) != 0 || Native.Control(file, Native.AddSeals, Native.SealLengthForGood) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            _ = Native.Close(file);
            throw Failure("ftruncate", error);
        }

        MemoryRegion region = MapFile(file, (nuint)bytes);
        region.Protect(lockMemory: false);
        return region;
    }

    /// <summary>Reserves addresses for a backing that is <see cref="Effective"/>.</summary>
    public static MemoryRegion Reserve(long bytes, BackingMemory backing, bool lockMemory)
    {
        if (lockMemory && backing == BackingMemory.Portable)
        {
            throw new PlatformNotSupportedException(
                $"{nameof(TmemHostOptions.LockMemory)} is on; memory of the backing {backing} cannot be locked, that of {BackingMemory.Anonymous} on Linux can.");
        }

        MemoryRegion region = backing switch
        {
            BackingMemory.Anonymous => MapAnonymous((nuint)bytes),
            BackingMemory.MemoryFile => MapFile((nuint)bytes),
            _ => Allocate((nuint)bytes),
        };
        region.Protect(lockMemory);
        return region;
    }

    /// <summary>Asks for huge pages; the system may not have them.</summary>
    public void AdviseHuge(long offset, long bytes) => Advise(offset, bytes, Native.AdviseHuge);

    /// <summary>Asks for ordinary pages.</summary>
    public void AdviseSmall(long offset, long bytes) => Advise(offset, bytes, Native.AdviseNoHuge);

    /// <summary>
    /// Has the system take the huge page around a page apart, if there is one: a page of it that is returned alone would stay in memory, though
    /// it is counted no more, until the system is short of memory. Nothing changes but that.
    /// </summary>
    public void Split(long offset)
    {
        // Kernels before 5.4 do not know the advice, and locked pages cannot be given it: there the system does it later.
        if (_backing == BackingMemory.Anonymous && !_isLocked)
        {
            _ = Native.Advise(Base + offset, (nuint)ArenaLayout.PageBytes, Native.AdviseCold);
        }
    }

    /// <summary>Gives the memory behind whole pages back; on the portable backing it stays until disposal.</summary>
    public void Return(long offset, long bytes)
    {
        if (_backing == BackingMemory.MemoryFile)
        {
            Check(Native.Allocate(_file, Native.PunchHoleKeepSize, offset, bytes), "fallocate");
        }
        else if (_backing == BackingMemory.Anonymous)
        {
            Check(Native.Advise(Base + offset, (nuint)bytes, _isLocked ? Native.AdviseReturnLocked : Native.AdviseReturn), "madvise");
        }
    }

    public void Dispose()
    {
        if (_base == null)
        {
            return;
        }

        if (_backing == BackingMemory.Portable)
        {
            NativeMemory.AlignedFree(_base);
        }
        else
        {
            _ = Native.Unmap(_base, _bytes);
        }

        if (_file >= 0)
        {
            _ = Native.Close(_file);
        }

        _base = null;
    }

    private static MemoryRegion Allocate(nuint bytes)
    {
        try
        {
            return new MemoryRegion(
                NativeMemory.AlignedAlloc(bytes, (nuint)ArenaLayout.HugePageBytes), bytes, BackingMemory.Portable, -1);
        }
        catch (OutOfMemoryException e) when (e is not InsufficientMemoryException)
        {
            throw new InsufficientMemoryException(
                $"The system refused {bytes:N0} bytes for the host; a smaller {nameof(TmemHostOptions.MaximumCapacityBytes)} needs fewer.", e);
        }
    }

    private static MemoryRegion MapAnonymous(nuint bytes)
    {
        // A little more than asked for, so that the beginning can lie on a border of huge pages.
        nuint slack = (nuint)ArenaLayout.HugePageBytes;
        byte* mapped = (byte*)Native.Map(null, bytes + slack, Native.ProtectReadWrite, Native.MapPrivateAnonymousNoReserve, -1, 0);
        RequireMapped(mapped, bytes);
        nuint before = (slack - ((nuint)mapped & (slack - 1))) & (slack - 1);
        if (before > 0)
        {
            _ = Native.Unmap(mapped, before);
        }

        if (slack > before)
        {
            _ = Native.Unmap(mapped + before + bytes, slack - before);
        }

        return new MemoryRegion(mapped + before, bytes, BackingMemory.Anonymous, -1);
    }

    private static MemoryRegion MapFile(nuint bytes)
    {
        int file = Native.CreateMemoryFile("tmem", Native.MemoryFileCloseOnExec);
        Check(file, "memfd_create");
        if (Native.SetFileLength(file, (long)bytes) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            _ = Native.Close(file);
            throw Failure("ftruncate", error);
        }

        return MapFile(file, bytes);
    }

    /// <summary>Maps a memory file, which is closed if that fails.</summary>
    private static MemoryRegion MapFile(int file, nuint bytes)
    {
        void* mapped = Native.Map(null, bytes, Native.ProtectReadWrite, Native.MapShared, file, 0);
        if (mapped == Native.MapFailed)
        {
            int error = Marshal.GetLastPInvokeError();
            _ = Native.Close(file);
            throw NotMapped(bytes, error);
        }

        return new MemoryRegion(mapped, bytes, BackingMemory.MemoryFile, file);
    }

    private static void RequireMapped(void* mapped, nuint bytes)
    {
        if (mapped == Native.MapFailed)
        {
            throw NotMapped(bytes, Marshal.GetLastPInvokeError());
        }
    }

    private static InsufficientMemoryException NotMapped(nuint bytes, int error) => new(
        $"The system refused to reserve {bytes:N0} bytes of addresses for the host ({Marshal.GetPInvokeErrorMessage(error)}); "
        + $"a smaller {nameof(TmemHostOptions.MaximumCapacityBytes)} needs fewer.");

    private static void Check(int answer, string call)
    {
        if (answer < 0)
        {
            throw Failure(call, Marshal.GetLastPInvokeError());
        }
    }

    private static Win32Exception Failure(string call, int error) =>
        new(error, $"{call} failed: {Marshal.GetPInvokeErrorMessage(error)}.");

    private void Protect(bool lockMemory)
    {
        if (_backing == BackingMemory.Portable)
        {
            return;
        }

        try
        {
            Check(Native.Advise(_base, _bytes, Native.AdviseDontDump), "madvise");
            Check(Native.Advise(_base, _bytes, Native.AdviseDontFork), "madvise");

            // Tables fill a page at a time: where huge pages come unasked, one touched byte would take 2 MiB.
            AdviseSmall(0, (long)_bytes);
            if (lockMemory)
            {
                LockAll();
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void LockAll()
    {
        if (Native.Lock(_base, _bytes, Native.LockOnFault) != 0)
        {
            throw NotLocked(Marshal.GetLastPInvokeError());
        }

        _isLocked = true;
        if (_backing == BackingMemory.Anonymous && Native.Advise(_base, ArenaLayout.PageBytes, Native.AdviseReturnLocked) != 0)
        {
            throw new PlatformNotSupportedException(
                $"{nameof(TmemHostOptions.LockMemory)} is on; this kernel cannot give locked memory back, Linux 5.18 and later can. Leave it off.");
        }
    }

    private Win32Exception NotLocked(int error) => new(
        error,
        $"The host's {_bytes:N0} bytes of addresses could not be locked in memory ({Marshal.GetPInvokeErrorMessage(error)}); {LimitOfLockedMemory()}. "
        + "Raise the limit (ulimit -l, LimitMEMLOCK= of a systemd unit), grant CAP_IPC_LOCK, or leave "
        + $"{nameof(TmemHostOptions.LockMemory)} off.");

    private static string LimitOfLockedMemory()
    {
        ulong limit = Native.MemoryLockLimitBytes();
        return limit == ulong.MaxValue
            ? "the process has no limit of locked memory"
            : string.Create(CultureInfo.InvariantCulture, $"the process may lock {limit:N0} bytes, RLIMIT_MEMLOCK");
    }

    private void Advise(long offset, long bytes, int advice)
    {
        if (_backing != BackingMemory.Portable)
        {
            // Kernels without huge pages answer EINVAL: they have nothing to be asked for.
            _ = Native.Advise(Base + offset, (nuint)bytes, advice);
        }
    }
}
