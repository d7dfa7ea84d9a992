using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Memory;

public sealed class MemoryBudgetTests
{
    [Fact]
    public void What_does_not_fit_is_refused_and_changes_nothing()
    {
        var budget = new MemoryBudget(100, null);
        Assert.True(budget.TryCommit(60));
        Assert.False(budget.TryCommit(41));
        Assert.Equal((60, 40), (budget.CommittedBytes, budget.AvailableBytes));
        Assert.True(budget.TryCommit(40));
        Assert.False(budget.TryCommit(1));
        budget.Release(100);
        budget.LimitBytes = 10;
        Assert.False(budget.TryCommit(11));
        Assert.Equal(0, budget.CommittedBytes);
    }

    [Fact]
    public void Nobody_sees_more_than_the_limit_and_nobody_is_refused_what_fits()
    {
        const long Limit = 1000;
        var budget = new MemoryBudget(Limit, null);
        int seenAbove = 0;
        int refused = 0;

        // One asks for what can never fit; the others together never want more than the limit.
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            for (int i = 0; i < 50_000; i++)
            {
                long bytes = number == 0 ? Limit + 1 : Limit / 3;
                if (budget.TryCommit(bytes))
                {
                    Interlocked.Add(ref seenAbove, budget.CommittedBytes > Limit ? 1 : 0);
                    budget.Release(bytes);
                }
                else
                {
                    Interlocked.Add(ref refused, number == 0 ? 0 : 1);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal((0, 0, 0L), (seenAbove, refused, budget.CommittedBytes));
    }

    [Fact]
    public void After_the_limit_was_lowered_nothing_is_committed_beyond_it_by_whoever_looked_before()
    {
        for (int round = 0; round < 300; round++)
        {
            var budget = new MemoryBudget(1_000_000, null);
            using var begin = new Barrier(3);
            Thread[] threads = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
            {
                begin.SignalAndWait();
                while (budget.TryCommit(1))
                {
                }
            }))];
            Array.ForEach(threads, static thread => thread.Start());
            begin.SignalAndWait();
            Thread.SpinWait(round * 10);
            budget.LimitBytes = budget.CommittedBytes;
            long seen = budget.CommittedBytes;
            Array.ForEach(threads, static thread => thread.Join());
            Assert.InRange(budget.CommittedBytes, 0, Math.Max(seen, budget.LimitBytes));
        }
    }

    [Fact]
    public void A_fault_refuses_whatever_there_is()
    {
        bool isFaulted = true;
        var budget = new MemoryBudget(100, () => isFaulted);
        Assert.True(budget.IsFaulted);
        Assert.False(budget.TryCommit(1));
        isFaulted = false;
        Assert.True(budget.TryCommit(1));
    }
}
