namespace TmemCore.Hypercalls;

/// <summary>
/// Rents memory fit for hypercalls (see <see cref="HypercallBuffer"/>). Locking is slow and limited, so what comes back is
/// kept, still locked, for the next one who asks. Linux only. Thread-safe; renting what is at hand allocates nothing.
/// </summary>
public sealed class HypercallBufferPool : IDisposable
{
    /// <summary>The longest lease, in bytes: 256 MiB.</summary>
    public const int LengthBytesMax = 256 << 20;

    private const int ClassCount = 17;

    private readonly ILockedMemory _memory;
    private readonly long _idleBytesMax;
    private readonly Stack<LockedBlock>[] _idle = new Stack<LockedBlock>[ClassCount];
    private readonly Lock _lock = new();
    private long _idleBytes;
    private long _lockedBytes;
    private bool _disposed;
    private bool _isShared;

    /// <summary>Makes a pool that has nothing locked yet.</summary>
    /// <param name="idleBytesMax">How many bytes may stay locked while nobody rents them; 1 MiB unless told.</param>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="idleBytesMax"/> is negative.</exception>
    public HypercallBufferPool(long idleBytesMax = 1 << 20)
        : this(new LinuxLockedMemory(), idleBytesMax)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException(
                "Hypercall buffers are memory that is locked and kept out of fork, which is done on Linux only. A port "
                + "inside the process takes ordinary memory: register it with GuestMemory.");
        }
    }

    internal HypercallBufferPool(ILockedMemory memory, long idleBytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(idleBytesMax);
        _memory = memory;
        _idleBytesMax = idleBytesMax;
        for (int i = 0; i < ClassCount; i++)
        {
            _idle[i] = new Stack<LockedBlock>();
        }
    }

    /// <summary>The pool of the process. It cannot be disposed.</summary>
    public static HypercallBufferPool Shared => SharedPool.Instance;

    /// <summary>Bytes locked now: rented and idle.</summary>
    public long LockedBytes
    {
        get
        {
            lock (_lock)
            {
                return _lockedBytes;
            }
        }
    }

    /// <summary>Bytes rented now, in whole blocks, those included whose lease has ended but which a call still uses.</summary>
    public long RentedBytes
    {
        get
        {
            lock (_lock)
            {
                return _lockedBytes - _idleBytes;
            }
        }
    }

    /// <summary>Rents zeroed, locked memory.</summary>
    /// <param name="lengthBytes">
    /// How many bytes, 1 to <see cref="LengthBytesMax"/>. What is locked is the next power of two of whole pages.
    /// </param>
    /// <returns>A lease of exactly that length, to be disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is outside its range.</exception>
    /// <exception cref="HypercallBufferException">The system has no memory, or does not let the process lock that much.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public HypercallBuffer Rent(int lengthBytes)
    {
        int answer = TryRent(lengthBytes, out HypercallBuffer buffer);
        return answer == 0
            ? buffer
            : throw HypercallBufferException.Create(answer, CapacityOf(ClassOf(lengthBytes)), LockedBytes, _memory.LimitBytes);
    }

    /// <summary>Unlocks and unmaps what is idle; what is rented follows when it comes back. The shared pool only drops what is idle.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = !_isShared;
            foreach (Stack<LockedBlock> blocks in _idle)
            {
                while (blocks.TryPop(out LockedBlock? block))
                {
                    _idleBytes -= block.CapacityBytes;
                    Free(block);
                }
            }
        }
    }

    /// <summary>As <see cref="Rent"/>, but answers a negated error number where that throws for want of memory.</summary>
    internal int TryRent(int lengthBytes, out HypercallBuffer buffer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lengthBytes, LengthBytesMax);
        int sizeClass = ClassOf(lengthBytes);
        buffer = default;
        LockedBlock? block;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_idle[sizeClass].TryPop(out block))
            {
                _idleBytes -= block.CapacityBytes;
            }
        }

        if (block is null)
        {
            int answer = MapAndLock(CapacityOf(sizeClass), out block);
            if (answer != 0)
            {
                return answer;
            }
        }

        buffer = block!.BeginLease(lengthBytes);
        return 0;
    }

    internal void Return(LockedBlock block)
    {
        lock (_lock)
        {
            if (!_disposed && _idleBytes + block.CapacityBytes <= _idleBytesMax)
            {
                _idle[ClassOf(block.CapacityBytes)].Push(block);
                _idleBytes += block.CapacityBytes;
                return;
            }

            Free(block);
        }
    }

    private static int ClassOf(int lengthBytes)
    {
        int pages = (lengthBytes + Native.PageBytes - 1) / Native.PageBytes;
        return int.Log2(pages) + (int.IsPow2(pages) ? 0 : 1);
    }

    private static int CapacityOf(int sizeClass) => Native.PageBytes << sizeClass;

    private int MapAndLock(int capacityBytes, out LockedBlock? block)
    {
        block = null;
        int answer = _memory.Map(capacityBytes, out nint address);
        if (answer != 0)
        {
            return answer;
        }

        answer = _memory.Exclude(address, capacityBytes);
        answer = answer != 0 ? answer : _memory.Lock(address, capacityBytes);
        if (answer != 0)
        {
            _memory.Unmap(address, capacityBytes);
            return answer;
        }

        block = new LockedBlock(this, address, capacityBytes);
        lock (_lock)
        {
            _lockedBytes += capacityBytes;
        }

        return 0;
    }

    private void Free(LockedBlock block)
    {
        _memory.Unlock(block.Address, block.CapacityBytes);
        _memory.Unmap(block.Address, block.CapacityBytes);
        _lockedBytes -= block.CapacityBytes;
    }

    private static class SharedPool
    {
        internal static HypercallBufferPool Instance { get; } = new() { _isShared = true };
    }
}
