using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

/// <summary>Real memory whose n-th map, exclude or lock is refused, and which knows what is still mapped and locked.</summary>
internal sealed class FaultyLockedMemory : ILockedMemory
{
    private readonly Dictionary<nint, int> _mapped = [];
    private readonly HashSet<nint> _locked = [];

    public ulong LimitBytes { get; init; } = 65536;

    /// <summary>Which call is refused, from 1; 0 for none.</summary>
    public int FailAtCall { get; set; }

    /// <summary>Which lock is refused, from 1; 0 for none.</summary>
    public int FailAtLock { get; set; }

    /// <summary>The error a refused call answers, negated.</summary>
    public int Answer { get; init; } = -Errno.ENOMEM;

    public int CallCount { get; private set; }

    public int LockCount { get; private set; }

    public long MappedBytes => _mapped.Values.Sum(static length => (long)length);

    public int LockedCount => _locked.Count;

    /// <summary>Whether a range lies in locked memory, as a hypervisor wants it to.</summary>
    public bool IsLocked(ulong address, int lengthBytes) => _locked.Any(
        start => address >= (ulong)start && address + (ulong)lengthBytes <= (ulong)start + (ulong)_mapped[start]);

    /// <summary>The locked range that an address lies in.</summary>
    public bool TryFindLocked(ulong address, out nint start, out int lengthBytes)
    {
        start = _locked.FirstOrDefault(s => address >= (ulong)s && address - (ulong)s < (ulong)_mapped[s]);
        lengthBytes = start == 0 ? 0 : _mapped[start];
        return start != 0;
    }

    public int Map(int lengthBytes, out nint address)
    {
        address = 0;
        int answer = ++CallCount == FailAtCall ? Answer : Native.MapAnonymousPages(lengthBytes, out address);
        if (answer == 0)
        {
            _mapped.Add(address, lengthBytes);
        }

        return answer;
    }

    public int Exclude(nint address, int lengthBytes) =>
        ++CallCount == FailAtCall ? Answer : Native.ExcludeFromForkAndDump(address, lengthBytes);

    public int Lock(nint address, int lengthBytes)
    {
        Assert.Equal(lengthBytes, _mapped[address]);
        if (++CallCount == FailAtCall || ++LockCount == FailAtLock)
        {
            return Answer;
        }

        Assert.True(_locked.Add(address), "Locked twice.");
        return 0;
    }

    public int Unlock(nint address, int lengthBytes)
    {
        Assert.Equal(lengthBytes, _mapped[address]);
        Assert.True(_locked.Remove(address), "Unlocked, and was not locked.");
        return 0;
    }

    public int Unmap(nint address, int lengthBytes)
    {
        Assert.DoesNotContain(address, _locked);
        Assert.True(_mapped.Remove(address, out int mappedBytes), "Unmapped, and was not mapped.");
        Assert.Equal(mappedBytes, lengthBytes);
        return Native.Unmap(address, lengthBytes);
    }
}
