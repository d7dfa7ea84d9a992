namespace TmemCore.Tool.Guest;

/// <summary>
/// Which pages the guest uses, and in what order; the same for the same files and seed. The first pass reads every file once
/// from end to end. Each later pass makes as many visits: a quarter of them goes on reading whole files in turn, as a backup
/// or a search would, the rest reads popular files, as a build or a server would. The popularity of files follows Zipf's law,
/// and the beginning of a file is read most.
/// </summary>
internal sealed class Workload
{
    /// <summary>Pages read in a row: 256 KiB, about what a system reads ahead.</summary>
    private const int RunPages = 64;

    /// <summary>Visits to popular files for each one of reading in turn.</summary>
    private const int PopularShare = 3;

    private readonly GuestFile[] _files;
    private readonly GuestFile[] _byPopularity;
    private readonly double[] _cumulated;
    private readonly Random _random;
    private readonly IEnumerator<PageRun> _turn;

    /// <summary>Plans the visits.</summary>
    /// <param name="files">The files.</param>
    /// <param name="passes">Passes after the first.</param>
    /// <param name="seed">Chooses the order.</param>
    public Workload(FileSet files, int passes, int seed)
    {
        _files = [.. files.Files];
        _byPopularity = [.. files.Files];
        _random = new Random(seed);
        _random.Shuffle(_byPopularity);
        _cumulated = new double[_files.Length];
        double sum = 0;
        for (int rank = 0; rank < _cumulated.Length; rank++)
        {
            _cumulated[rank] = sum += 1.0 / (rank + 1);
        }

        Passes = passes;
        VisitsPerPass = files.Pages;
        _turn = InTurn().GetEnumerator();
    }

    /// <summary>Passes after the first.</summary>
    public int Passes { get; }

    /// <summary>Visits of each pass: as many as there are pages.</summary>
    public long VisitsPerPass { get; }

    /// <summary>About how many visits there will be.</summary>
    public long Visits => VisitsPerPass * (1 + Passes);

    /// <summary>The runs of neighbouring pages to visit.</summary>
    /// <param name="pass">0 for the first pass, which visits each page once.</param>
    public IEnumerable<PageRun> Runs(int pass)
    {
        for (long visits = 0; visits < VisitsPerPass && _turn.MoveNext();)
        {
            visits += _turn.Current.Count;
            yield return _turn.Current;
            for (int left = pass == 0 ? 0 : _turn.Current.Count * PopularShare; left > 0;)
            {
                PageRun run = PopularRun(left);
                left -= run.Count;
                visits += run.Count;
                yield return run;
            }
        }
    }

    /// <summary>All files from end to end, over and over, in another order each time.</summary>
    private IEnumerable<PageRun> InTurn()
    {
        while (true)
        {
            _random.Shuffle(_files);
            foreach (GuestFile file in _files)
            {
                for (int first = 0; first < file.Pages; first += RunPages)
                {
                    yield return new PageRun(file, first, Math.Min(RunPages, file.Pages - first));
                }
            }
        }
    }

    private PageRun PopularRun(int most)
    {
        int rank = Array.BinarySearch(_cumulated, _random.NextDouble() * _cumulated[^1]);
        GuestFile file = _byPopularity[Math.Min(rank < 0 ? ~rank : rank, _byPopularity.Length - 1)];
        double place = _random.NextDouble();
        int runs = ((file.Pages - 1) / RunPages) + 1;
        int first = (int)(runs * place * place * place) * RunPages;
        return new PageRun(file, first, Math.Min(Math.Min(RunPages, most), file.Pages - first));
    }
}

/// <summary>Neighbouring pages of a file.</summary>
/// <param name="File">The file.</param>
/// <param name="First">The first block.</param>
/// <param name="Count">Blocks, at least 1.</param>
internal readonly record struct PageRun(GuestFile File, int First, int Count);
