using TmemCore.Reclaim;
using Xunit;

namespace TmemCore.Tests.Reclaim;

/// <summary>Choosers that go by age alone.</summary>
public sealed class AgeOrderChooserTests
{
    [Fact]
    public void The_page_used_longest_ago_goes()
    {
        var pages = new ChosenPages(3, new LeastRecentlyUsed(3));

        bool[] hits = [.. new ulong[] { 1, 2, 3, 1, 4, 2, 1, 5, 3 }.Select(pages.Request)];

        Assert.Equal([false, false, false, true, false, false, true, false, false], hits);
        Assert.Equal<ulong>([1, 3, 5], pages.Keys.Order());
    }

    [Fact]
    public void The_page_put_longest_ago_goes()
    {
        var pages = new ChosenPages(3, new FirstInFirstOut(3));

        bool[] hits = [.. new ulong[] { 1, 2, 3, 1, 4, 2, 1, 5, 3 }.Select(pages.Request)];

        Assert.Equal([false, false, false, true, false, true, false, false, false], hits);
        Assert.Equal<ulong>([1, 3, 5], pages.Keys.Order());
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 33)]
    [InlineData(false, 1)]
    [InlineData(false, 33)]
    public void Random_requests_flushes_and_gets_that_take_go_as_in_a_plain_list(bool isRecency, int size)
    {
        var random = new Random(size);
        var pages = new ChosenPages(size, isRecency ? new LeastRecentlyUsed(size) : new FirstInFirstOut(size));
        var naive = new List<ulong>();
        for (int i = 0; i < 20_000; i++)
        {
            ulong key = (ulong)random.Next(3 * size);
            bool isThere = naive.Contains(key);
            if (isThere && random.Next(5) == 0)
            {
                naive.Remove(key);
                Assert.True(pages.Take(key));
                continue;
            }

            Assert.Equal(isThere, pages.Request(key));
            if (isThere && !isRecency)
            {
                continue;
            }

            naive.Remove(key);
            naive.Add(key);
            naive.RemoveRange(0, Math.Max(naive.Count - size, 0));
        }

        Assert.Equal(naive.Order(), pages.Keys.Order());
    }

    [Fact]
    public void A_larger_store_has_by_recency_all_that_a_smaller_one_has()
    {
        var random = new Random(3);
        ChosenPages[] stores = [.. new[] { 1, 2, 5, 17, 18, 60 }.Select(size => new ChosenPages(size, new LeastRecentlyUsed(size)))];
        for (int i = 0; i < 10_000; i++)
        {
            ulong key = (ulong)(100 * Math.Pow(random.NextDouble(), 2));
            Assert.All(stores, store => store.Request(key));
            for (int store = 1; store < stores.Length && i % 100 == 0; store++)
            {
                Assert.Subset(stores[store].Keys.ToHashSet(), stores[store - 1].Keys.ToHashSet());
            }
        }
    }

    [Fact]
    public void An_empty_store_has_no_victim()
    {
        Assert.Equal(-1, new LeastRecentlyUsed(3).Choose());
        Assert.Equal(-1, new FirstInFirstOut(3).Choose());
    }
}
