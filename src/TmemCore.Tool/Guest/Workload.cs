namespace TmemCore.Tool.Guest;

/// <summary>
/// Which pages the guest uses, and in what order; the same for the same files and seed. The first pass reads every file once
/// from end to end. Each later pass does so in another order, and spends as many visits on popular files, as a build or a
/// server would: the popularity of files follows Zipf's law, and within a file its beginning is read most.
/// </summary>
internal sealed class Workload
{
    /// <summary>Pages read in a row: 256 KiB, about what a system reads ahead.</summary>
    private const int RunPages = 64;

    private readonly GuestFile[] _files;
    private readonly GuestFile[] _byPopularity;
    private readonly double[] _cumulated;
    private readonly Random _random;

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
        PagesPerPass = files.Pages;
    }

    /// <summary>Passes after the first.</summary>
    public int Passes { get; }

    /// <summary>Pages of all files.</summary>
    public long PagesPerPass { get; }

    /// <summary>About how many visits there will be.</summary>
    public long Visits => PagesPerPass * (1 + (2L * Passes));

    /// <summary>The runs of neighbouring pages to visit.</summary>
    /// <param name="pass">0 for the first pass, which visits each page once.</param>
    public IEnumerable<PageRun> Runs(int pass)
    {
        _random.Shuffle(_files);
        foreach (GuestFile file in _files)
        {
            for (int first = 0; first < file.Pages; first += RunPages)
            {
                int count = Math.Min(RunPages, file.Pages - first);
                yield return new PageRun(file, first, count);
                for (int popular = 0; popular < count && pass > 0;)
                {
                    PageRun run = PopularRun(count - popular);
                    popular += run.Count;
                    yield return run;
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
