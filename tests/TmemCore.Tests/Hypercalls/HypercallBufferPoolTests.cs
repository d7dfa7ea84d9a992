using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

public sealed class HypercallBufferPoolTests
{
    [Fact]
    public void What_comes_back_stays_locked_up_to_the_limit_of_idle_memory()
    {
        var memory = new FaultyLockedMemory();
        using (var pool = new HypercallBufferPool(memory, idleBytesMax: 8192))
        {
            HypercallBuffer[] buffers = [pool.Rent(1), pool.Rent(1), pool.Rent(1)];
            Assert.Equal(3 * 4096, pool.RentedBytes);
            foreach (HypercallBuffer buffer in buffers)
            {
                buffer.Dispose();
            }

            Assert.Equal(0, pool.RentedBytes);
            Assert.Equal(8192, pool.LockedBytes);
            Assert.Equal(8192, memory.MappedBytes);
        }

        Assert.Equal(0, memory.MappedBytes);
        Assert.Equal(0, memory.LockedCount);
    }

    [Fact]
    public void A_lease_outlives_its_pool_and_is_unlocked_when_it_ends()
    {
        var memory = new FaultyLockedMemory();
        var pool = new HypercallBufferPool(memory, idleBytesMax: 1 << 20);
        HypercallBuffer buffer = pool.Rent(5000);
        pool.Dispose();
        Assert.Equal(8192, memory.MappedBytes);
        buffer.Span.Fill(1);
        buffer.Dispose();
        Assert.Equal(0, memory.MappedBytes);
        Assert.Equal(0, memory.LockedCount);
        Assert.Equal(0, pool.LockedBytes);
        Assert.Throws<ObjectDisposedException>(() => pool.Rent(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whichever_step_is_refused_nothing_stays_mapped_or_locked(int failAtCall)
    {
        var memory = new FaultyLockedMemory { FailAtCall = failAtCall };
        using var pool = new HypercallBufferPool(memory, idleBytesMax: 1 << 20);
        HypercallBufferException refused = Assert.Throws<HypercallBufferException>(() => pool.Rent(10_000));
        Assert.Equal(Errno.ENOMEM, refused.ErrorNumber);
        Assert.Equal(16384, refused.RequestedBytes);
        Assert.Equal(0, memory.MappedBytes);
        Assert.Equal(0, memory.LockedCount);
        Assert.Equal(0, pool.LockedBytes);

        using HypercallBuffer next = pool.Rent(10_000);
        Assert.Equal(16384, pool.LockedBytes);
    }

    [Fact]
    public void The_error_names_the_limit_the_request_and_how_to_raise_it()
    {
        var memory = new FaultyLockedMemory { FailAtLock = 2, Answer = -Errno.ENOMEM, LimitBytes = 65536 };
        using var pool = new HypercallBufferPool(memory, idleBytesMax: 0);
        using HypercallBuffer held = pool.Rent(4096);
        HypercallBufferException refused = Assert.Throws<HypercallBufferException>(() => pool.Rent(131072));
        Assert.Equal(65536, refused.LimitBytes);
        foreach (string part in new[] { "131072 bytes", "4096 bytes locked", "RLIMIT_MEMLOCK", "65536 bytes", "ulimit -l 132", "LimitMEMLOCK=132K", "CAP_IPC_LOCK" })
        {
            Assert.Contains(part, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_a_limit_the_error_does_not_blame_one()
    {
        var memory = new FaultyLockedMemory { FailAtLock = 1, LimitBytes = Native.Unlimited };
        using var pool = new HypercallBufferPool(memory, idleBytesMax: 0);
        HypercallBufferException refused = Assert.Throws<HypercallBufferException>(() => pool.Rent(1));
        Assert.Null(refused.LimitBytes);
        Assert.DoesNotContain("RLIMIT", refused.Message, StringComparison.Ordinal);
    }

    [UnprivilegedLockFact]
    public void The_kernels_own_refusal_says_the_same()
    {
        // The right to lock without limit belongs to a thread, and is dropped on one that ends with the test.
        HypercallBufferException? refused = null;
        var thread = new Thread(() =>
        {
            using var pool = new HypercallBufferPool();
            Rights.Native.DropRightToLock();
            long limitBytes = (long)Native.MemoryLockLimitBytes();
            refused = Assert.Throws<HypercallBufferException>(() => pool.Rent((int)limitBytes + 4096));
            Assert.Equal(limitBytes, refused.LimitBytes);
            Assert.Equal(0, pool.LockedBytes);
        });
        thread.Start();
        thread.Join();
        Assert.NotNull(refused);
        Assert.Contains("ulimit -l", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(HypercallBufferPool.LengthBytesMax + 1)]
    public void A_length_that_makes_no_sense_is_refused(int lengthBytes)
    {
        using var pool = new HypercallBufferPool();
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(lengthBytes));
    }

    [Fact]
    public void The_shared_pool_survives_its_dispose()
    {
        HypercallBufferPool.Shared.Dispose();
        using HypercallBuffer buffer = HypercallBufferPool.Shared.Rent(1);
        Assert.Equal(1, buffer.LengthBytes);
    }

    [Fact]
    public void Renting_what_is_at_hand_allocates_nothing()
    {
        using var pool = new HypercallBufferPool();
        pool.Rent(100).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            using HypercallBuffer buffer = pool.Rent(100);
            buffer.Span[0] = 1;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Threads_never_share_a_lease()
    {
        using var pool = new HypercallBufferPool();
        Parallel.For(0, 8, worker =>
        {
            for (int i = 0; i < 500; i++)
            {
                using HypercallBuffer buffer = pool.Rent(4096);
                buffer.Span.Fill((byte)(worker + 1));
                Thread.Yield();
                Assert.Equal(4096, buffer.Span.Count((byte)(worker + 1)));
            }
        });
        Assert.Equal(0, pool.RentedBytes);
    }

    /// <summary>A limit must be set, and be small enough to be passed with one request.</summary>
    private sealed class UnprivilegedLockFactAttribute : FactAttribute
    {
        public UnprivilegedLockFactAttribute()
        {
            ulong limitBytes = Native.MemoryLockLimitBytes();
            if (limitBytes > HypercallBufferPool.LengthBytesMax - 4096)
            {
                Skip = $"RLIMIT_MEMLOCK is {limitBytes} bytes here: too much to be exceeded by one lease.";
            }
        }
    }
}
