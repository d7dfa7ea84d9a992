using TmemCore.Tool.Guest;
using Xunit;

namespace TmemCore.Tool.Tests.Guest;

public sealed class PageCacheTests
{
    [Fact]
    public void The_page_used_longest_ago_makes_room()
    {
        var cache = new PageCache(3, 10);
        Assert.Equal([-1, -1, -1], new[] { Use(cache, 0), Use(cache, 1), Use(cache, 2) });
        Assert.Equal(-1, Use(cache, 0));
        Assert.Equal(1, Use(cache, 3));
        Assert.Equal(2, Use(cache, 4));
        Assert.Equal(0, Use(cache, 1));
        Assert.False(cache.TryFind(0, out _));
    }

    [Fact]
    public void It_does_what_a_plain_list_does()
    {
        var random = new Random(1);
        var cache = new PageCache(300, 2000);
        var model = new List<int>();
        for (int i = 0; i < 20_000; i++)
        {
            int page = (int)(2000 * random.NextDouble() * random.NextDouble());
            int expected = -1;
            if (!model.Remove(page) && model.Count == 300)
            {
                expected = model[0];
                model.RemoveAt(0);
            }

            model.Add(page);
            Assert.Equal(expected, Use(cache, page));
        }
    }

    [Fact]
    public void A_slot_that_was_given_up_is_used_again()
    {
        var cache = new PageCache(2, 10);
        Use(cache, 0);
        Use(cache, 1);
        int slot = cache.MakeRoom(out int evicted);
        Assert.Equal(0, evicted);
        cache.Abandon(slot);

        Assert.False(cache.TryFind(0, out _));
        Assert.Equal(-1, Use(cache, 2));
        Assert.Equal(1, Use(cache, 3));
    }

    [Fact]
    public void Each_slot_has_bytes_of_its_own()
    {
        var cache = new PageCache(600, 600);
        for (int page = 0; page < 600; page++)
        {
            Use(cache, page);
            Assert.True(cache.TryFind(page, out int slot));
            cache[slot].Fill((byte)page);
        }

        for (int page = 0; page < 600; page++)
        {
            Assert.True(cache.TryFind(page, out int slot));
            Assert.Equal(TmemPool.PageBytes, cache[slot].Length);
            Assert.Equal(-1, cache[slot].IndexOfAnyExcept((byte)page));
        }
    }

    /// <summary>Uses a page and says which one had to go.</summary>
    private static int Use(PageCache cache, int page)
    {
        if (cache.TryFind(page, out _))
        {
            return -1;
        }

        int slot = cache.MakeRoom(out int evicted);
        cache.Enter(slot, page);
        return evicted;
    }
}
