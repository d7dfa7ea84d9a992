using TmemCore.Reclaim;
using Xunit;

namespace TmemCore.Tests.Reclaim;

public sealed class S3FifoTests
{
    [Fact]
    public void Two_hits_in_the_small_queue_promote_a_page_and_one_does_not()
    {
        var pages = new ChosenPages(10, new S3Fifo(10));
        RequestAll(pages, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 1, 2]);

        RequestAll(pages, [11, 12]);

        Assert.Equal<ulong>([1, 4, 5, 6, 7, 8, 9, 10, 11, 12], pages.Keys.Order());
    }

    [Fact]
    public void A_ghost_that_comes_back_outlives_pages_that_are_read_once()
    {
        var pages = new ChosenPages(10, new S3Fifo(10));
        RequestAll(pages, Range(1, 11));
        Assert.DoesNotContain(1ul, pages.Keys);

        RequestAll(pages, [1, .. Range(100, 1000)]);

        Assert.Contains(1ul, pages.Keys);
    }

    [Fact]
    public void Ghosts_are_as_many_as_the_main_queue_has_pages()
    {
        var pages = new ChosenPages(10, new S3Fifo(10));

        // Ten pages have become ghosts with the twentieth; the first of them is forgotten.
        RequestAll(pages, Range(1, 20));
        RequestAll(pages, [2, 1, .. Range(100, 50)]);

        Assert.DoesNotContain(1ul, pages.Keys);
        Assert.Contains(2ul, pages.Keys);
    }

    [Fact]
    public void A_page_that_was_flushed_is_no_ghost()
    {
        var pages = new ChosenPages(10, new S3Fifo(10));
        RequestAll(pages, Range(1, 10));
        pages.Flush(1);

        RequestAll(pages, [1, .. Range(100, 50)]);

        Assert.DoesNotContain(1ul, pages.Keys);
    }

    [Fact]
    public void A_page_that_was_taken_comes_back_into_the_main_queue_only_with_a_history_of_gets()
    {
        Assert.Contains(1ul, After(new S3Fifo(10, remembersGets: true)));
        Assert.DoesNotContain(1ul, After(new S3Fifo(10)));

        static IReadOnlyCollection<ulong> After(S3Fifo chooser)
        {
            var pages = new ChosenPages(10, chooser);
            pages.Put(1);
            Assert.True(pages.Take(1));
            pages.Put(1);
            foreach (ulong key in Range(100, 50))
            {
                pages.Put(key);
            }

            return pages.Keys;
        }
    }

    [Fact]
    public void A_ghost_that_is_asked_for_may_be_put_much_later()
    {
        var pages = new ChosenPages(10, new S3Fifo(10, remembersGets: true));
        PutAll(pages, Range(1, 11));
        Assert.False(pages.Take(1));

        PutAll(pages, Range(100, 200));
        pages.Put(1);
        PutAll(pages, Range(500, 50));

        Assert.Contains(1ul, pages.Keys);
    }

    [Fact]
    public void An_empty_store_has_no_victim() => Assert.Equal(-1, new S3Fifo(10).Choose());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(57)]
    public void Retaining_requests_go_as_described(int size)
    {
        var random = new Random(size);
        var pages = new ChosenPages(size, new S3Fifo(size));
        var naive = new NaiveS3Fifo(size, remembersGets: false);
        for (int i = 0; i < 20_000; i++)
        {
            ulong key = SkewedKey(random, 4 * size);

            Assert.Equal(naive.Request(key), pages.Request(key));
        }

        Assert.Equal(naive.Keys.Order(), pages.Keys.Order());
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(10, true)]
    [InlineData(57, true)]
    [InlineData(57, false)]
    public void Gets_that_take_or_leave_and_puts_and_flushes_go_as_described(int size, bool remembersGets)
    {
        var random = new Random(size);
        var pages = new ChosenPages(size, new S3Fifo(size, remembersGets));
        var naive = new NaiveS3Fifo(size, remembersGets);
        for (int i = 0; i < 20_000; i++)
        {
            ulong key = SkewedKey(random, 4 * size);
            switch (random.Next(8))
            {
                case 0 when pages.Keys.Contains(key):
                    pages.Flush(key);
                    naive.Flush(key);
                    break;
                case < 4:
                    Assert.Equal(naive.Take(key), pages.Take(key));
                    break;
                case 4:
                    Assert.Equal(naive.Request(key), pages.Request(key));
                    break;
                default:
                    pages.Put(key);
                    naive.Put(key);
                    break;
            }
        }

        Assert.Equal(naive.Keys.Order(), pages.Keys.Order());
    }

    private static IEnumerable<ulong> Range(int first, int count) => Enumerable.Range(first, count).Select(key => (ulong)key);

    private static ulong SkewedKey(Random random, int keys) => (ulong)(keys * Math.Pow(random.NextDouble(), 3));

    private static void RequestAll(ChosenPages pages, IEnumerable<ulong> keys)
    {
        foreach (ulong key in keys)
        {
            pages.Request(key);
        }
    }

    private static void PutAll(ChosenPages pages, IEnumerable<ulong> keys)
    {
        foreach (ulong key in keys)
        {
            pages.Put(key);
        }
    }
}
