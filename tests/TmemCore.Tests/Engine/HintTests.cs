using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>That hints lead to where pages are: nobody would notice without a clock if they did not.</summary>
public sealed class HintTests
{
    private const uint Pages = 2000;

    private readonly byte[] _page = new byte[TmemPool.PageBytes];

    [Fact]
    public void A_put_notes_where_the_page_lies()
    {
        using TmemHost host = Make();
        using TmemClient client = host.CreateClient();
        using PersistentPool pool = client.CreatePersistentPool();
        Fill(pool);

        // Where two objects share slots, the later page has the slot: computed, some three in a hundred here.
        Assert.InRange(Hinted(host, pool), Pages * 0.9, Pages);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("put over")]
    public void A_hint_that_was_lost_is_noted_again(string operation)
    {
        using TmemHost host = Make();
        using TmemClient client = host.CreateClient();
        using PersistentPool pool = client.CreatePersistentPool();
        Fill(pool);
        FrameHints hints = Inside.Frames(host.Store).Hints;
        ulong hash = Inside.Hash(host.Store).OfObject(pool.Handle.Pool, 3);
        uint frame = host.Store.FrameOf(pool.Handle, 3, 5);
        hints.Note(hash, 5, frame == 0 ? 1 : frame - 1);

        if (operation == "get")
        {
            Assert.Equal(GetResult.Hit, pool.Get(3, 5, _page));
        }
        else
        {
            Assert.Equal(PutResult.Stored, pool.Put(3, 5, _page));
        }

        Assert.True(hints.TryGet(hash, 5, out uint hinted));
        Assert.Equal(frame, hinted);
    }

    private static TmemHost Make() => new(Hosts.Small with { CapacityBytes = 96 * Hosts.Mebibyte });

    private static int Hinted(TmemHost host, PersistentPool pool)
    {
        FrameHints hints = Inside.Frames(host.Store).Hints;
        int right = 0;
        for (uint i = 0; i < Pages; i++)
        {
            ulong hash = Inside.Hash(host.Store).OfObject(pool.Handle.Pool, i / 64);
            right += hints.TryGet(hash, i % 64, out uint frame) && frame == host.Store.FrameOf(pool.Handle, i / 64, i % 64) ? 1 : 0;
        }

        return right;
    }

    private void Fill(PersistentPool pool)
    {
        for (uint i = 0; i < Pages; i++)
        {
            Assert.Equal(PutResult.Stored, pool.Put(i / 64, i % 64, _page));
        }
    }
}
