namespace TmemCore.Tests.Reclaim;

/// <summary>S3-FIFO as its description reads, with plain lists: the page that came first is the first of each.</summary>
internal sealed class NaiveS3Fifo(int pages, bool remembersGets)
{
    private readonly List<ulong> _small = [];
    private readonly List<ulong> _main = [];
    private readonly List<ulong> _ghosts = [];
    private readonly List<(ulong Key, int Hits)> _gets = [];
    private readonly Dictionary<ulong, int> _hits = [];

    private int MainPages => pages - Math.Max(pages / 10, 1);

    public IEnumerable<ulong> Keys => _small.Concat(_main);

    public bool Request(ulong key)
    {
        if (_hits.ContainsKey(key))
        {
            _hits[key]++;
            return true;
        }

        Miss(key);
        Put(key);
        return false;
    }

    public bool Take(ulong key)
    {
        if (!_hits.ContainsKey(key))
        {
            Miss(key);
            return false;
        }

        if (remembersGets)
        {
            RememberGet(key, _main.Contains(key) ? _hits[key] + 1 : 0);
        }

        Flush(key);
        return true;
    }

    public void Put(ulong key)
    {
        if (_hits.ContainsKey(key))
        {
            return;
        }

        int hits = _gets.Where(get => get.Key == key).Select(get => get.Hits).SingleOrDefault();
        bool isKnown = _ghosts.Remove(key) | (_gets.RemoveAll(get => get.Key == key) != 0);
        while (_hits.Count >= pages)
        {
            Evict();
        }

        (isKnown ? _main : _small).Add(key);
        _hits[key] = hits;
    }

    public void Flush(ulong key)
    {
        _small.Remove(key);
        _main.Remove(key);
        _hits.Remove(key);
    }

    private void Miss(ulong key)
    {
        if (remembersGets && _ghosts.Remove(key))
        {
            RememberGet(key, 0);
        }
    }

    private void RememberGet(ulong key, int hits)
    {
        _gets.Add((key, hits));
        _gets.RemoveRange(0, Math.Max(_gets.Count - pages, 0));
    }

    private void Evict()
    {
        if (_main.Count > MainPages || _small.Count == 0)
        {
            EvictFromMain();
            return;
        }

        while (_small.Count != 0)
        {
            ulong oldest = _small[0];
            _small.RemoveAt(0);
            if (_hits[oldest] < 2)
            {
                _hits.Remove(oldest);
                _ghosts.Add(oldest);
                _ghosts.RemoveRange(0, Math.Max(_ghosts.Count - MainPages, 0));
                return;
            }

            _main.Add(oldest);
            _hits[oldest] = 0;
        }
    }

    private void EvictFromMain()
    {
        while (true)
        {
            ulong oldest = _main[0];
            _main.RemoveAt(0);
            if (_hits[oldest] == 0)
            {
                _hits.Remove(oldest);
                return;
            }

            _main.Add(oldest);
            _hits[oldest] = Math.Min(_hits[oldest], 3) - 1;
        }
    }
}
