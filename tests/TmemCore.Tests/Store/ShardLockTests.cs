using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Store;

public sealed class ShardLockTests
{
    [Fact]
    public void One_at_a_time_is_inside()
    {
        var shardLock = new ShardLock();
        long count = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 50_000; i++)
            {
                shardLock.Enter();
                count++;
                shardLock.Exit();
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(200_000, count);
    }

    [Fact]
    public void Whoever_waits_is_seen_by_those_who_come_and_counts_no_more_once_inside()
    {
        var shardLock = new ShardLock();
        shardLock.Enter();
        Thread[] waiters = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            shardLock.Enter();
            shardLock.Exit();
        }))];
        Array.ForEach(waiters, waiter => waiter.Start());
        Assert.True(SpinWait.SpinUntil(() => shardLock.HasWaiters, TimeSpan.FromMinutes(1)));

        shardLock.Exit();
        Array.ForEach(waiters, waiter => waiter.Join());
        Assert.False(shardLock.HasWaiters);
        shardLock.Enter();
        Assert.False(shardLock.HasWaiters);
    }

    [Fact]
    public void A_closed_lock_admits_nobody_and_is_not_held_afterwards()
    {
        var shardLock = new ShardLock();
        Assert.True(shardLock.TryEnterOpen());
        var waiter = new Thread(() => Assert.Throws<ObjectDisposedException>(shardLock.Enter));
        waiter.Start();
        shardLock.Close();
        waiter.Join();

        // Told again and again: whoever was told did not keep it.
        Assert.Throws<ObjectDisposedException>(shardLock.Enter);
        Assert.False(shardLock.TryEnterOpen());
        Assert.Throws<ObjectDisposedException>(shardLock.Enter);
    }
}
