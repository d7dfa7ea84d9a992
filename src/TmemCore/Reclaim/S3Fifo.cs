namespace TmemCore.Reclaim;

/// <summary>
/// Three queues, first in first out. New pages enter a small one, a tenth of all; those found at least twice by the time that
/// they reach its end move to the main one, the others go and are remembered as ghosts. A page that comes back while it is
/// a ghost enters the main queue. There, a page found since it last came to the end goes round once more, three times at most
/// for what it was found in between.
/// </summary>
/// <remarks>
/// <para>
/// The algorithm of Yang, Zhang, Qiu, Yue and Vinayak, "FIFO queues are all you need for cache eviction", SOSP 2023, with the
/// parameters of its reference: a small queue of 10 %, as many ghosts as the main queue has pages, two hits to be promoted. The small
/// queue has at least one page here. While the store fills, all pages enter the small queue, as in the paper; later versions of
/// the reference fill the main queue first.
/// </para>
/// <para>
/// A get from an exclusive pool takes the page out, so that no page is ever found twice, and every order by recency becomes
/// that of puts. With a history of gets, as long as the store has pages, a page that was taken enters the main queue when it
/// comes back, and if it was taken from there, with the hits that it had and this one. A ghost that is asked for is remembered
/// there, too: the page comes only when its client has no more use for it, and would be no ghost any more.
/// </para>
/// <para>
/// Bytes a page: 9, and 25 for each ghost, together 31.5; with a history of gets 56.5. A hit touches a counter only: threads
/// may count hits side by side, and of two at the same moment one may be lost.
/// </para>
/// </remarks>
internal sealed class S3Fifo : IPageChooser
{
    private const int SmallShare = 10;
    private const byte MostHits = 3;
    private const byte HitsToPromote = 2;

    /// <summary>In a state: the page is in the main queue. In what is remembered of a page: it belongs there. The rest counts hits.</summary>
    private const byte Main = 0x80;

    private readonly SlotQueue _small;
    private readonly SlotQueue _main;
    private readonly PageHistory _ghosts;
    private readonly PageHistory? _gets;
    private readonly byte[] _states;
    private readonly int _mainPages;

    /// <summary>Makes a chooser for an empty store.</summary>
    /// <param name="pages">Pages that the store holds, at least 1.</param>
    /// <param name="remembersGets">Whether to keep a history of gets, for pools from which a get takes the page.</param>
    public S3Fifo(int pages, bool remembersGets = false)
    {
        SlotQueue.Link[] links = SlotQueue.LinksFor(pages, queues: 2);
        _small = new SlotQueue(links, number: 0, pages);
        _main = new SlotQueue(links, number: 1, pages);
        _states = new byte[pages];
        _mainPages = pages - Math.Max(pages / SmallShare, 1);
        _ghosts = new PageHistory(_mainPages);
        _gets = remembersGets ? new PageHistory(pages) : null;
    }

    public void Miss(ulong key)
    {
        // By the time that the page is put, after its life in the client's memory, the ghost would be forgotten.
        if (_gets is not null && _ghosts.TryForget(key, out byte note))
        {
            _gets.Remember(key, note);
        }
    }

    public byte Recall(ulong key)
    {
        if (_ghosts.TryForget(key, out byte note) || (_gets is not null && _gets.TryForget(key, out note)))
        {
            return note;
        }

        return 0;
    }

    public void Add(int slot, byte recalled)
    {
        _states[slot] = recalled;
        (recalled == 0 ? _small : _main).Add(slot);
    }

    public void Use(int slot) => _states[slot] = Found(_states[slot]);

    public int Choose()
    {
        int small = _main.Count > _mainPages ? -1 : ChooseFromSmall();
        return small >= 0 ? small : ChooseFromMain();
    }

    public void Remove(int slot, ulong key, PageDeparture departure)
    {
        byte state = _states[slot];
        bool isInMain = (state & Main) != 0;
        (isInMain ? _main : _small).Remove(slot);
        if (departure == PageDeparture.Evicted && !isInMain)
        {
            _ghosts.Remember(key, Main);
        }
        else if (departure == PageDeparture.Taken)
        {
            _gets?.Remember(key, isInMain ? Found(state) : Main);
        }
    }

    private static byte Found(byte state) => (state & MostHits) == MostHits ? state : (byte)(state + 1);

    /// <summary>Promotes what has deserved it, even beyond the main queue's size, until one has not; -1 when all have.</summary>
    private int ChooseFromSmall()
    {
        for (int oldest = _small.Oldest; oldest >= 0; oldest = _small.Oldest)
        {
            if (_states[oldest] < HitsToPromote)
            {
                return oldest;
            }

            _small.Remove(oldest);
            _main.Add(oldest);
            _states[oldest] = Main;
        }

        return -1;
    }

    private int ChooseFromMain()
    {
        for (int oldest = _main.Oldest; oldest >= 0; oldest = _main.Oldest)
        {
            if (_states[oldest] == Main)
            {
                return oldest;
            }

            _states[oldest]--;
            _main.Remove(oldest);
            _main.Add(oldest);
        }

        return -1;
    }
}
