using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TmemCore.Codecs;
using TmemCore.Tool.Density;
using TmemCore.Tool.Guest;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>The command <c>tmem density</c>.</summary>
internal sealed class DensityCommand : ToolCommand
{
    private const long DefaultLimitBytes = 1L << 30;
    private const long MaximumLimitBytes = 256L << 30;

    private static readonly string s_names = string.Join(", ", PageCodec.All.Select(static codec => codec.Name));

    private readonly ToolConsole _console;

    private readonly Argument<string[]> _paths = new("PATH")
    {
        Description = "Folders and files whose pages are kept; links are not followed, other file systems not entered.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<int?> _process = new("--pid")
    {
        Description = "Keep the memory of this running process instead: its private pages that no file has. Linux; takes the right to trace it.",
        HelpName = "PID",
    };

    private readonly Option<string[]> _codecs = new("--codec")
    {
        Description = $"A codec to measure; may be given again. One of {s_names}. [default: all]",
        HelpName = "NAME",
    };

    private readonly Option<string> _limit = new("--limit")
    {
        Description = "Pages to keep at most; of more, one in so many is taken, all over. [default: 1GiB]",
        HelpName = "SIZE",
    };

    private readonly Option<int> _seed = NumberOption.Create(
        "--seed", "Chooses the pages that are replaced.", normal: 1, static _ => true, "any whole number of 32 bits");

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON object instead of a table: pagesFound, stride, and rows of codec, pages, sameFilledPages, wholePages, "
            + "payloadBytesPerPage, arenaBytesPerPage, arenaBytesPerPageChurned, metadataBytesPerPage, bytesPerPage, bytesPerPageChurned, "
            + "pagesPerGiB, ratio, copyNs, compressNs, compressToCopy, putNs, getNs, pagesWrong.",
    };

    private readonly Option<string?> _dump = new("--dump")
    {
        Description = "First write the pages into this new file, which only its owner may read, and measure those: the same ones for each codec, and for "
            + "other programs.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _plot = new("--plot")
    {
        Description = "Also write the bytes that a page takes as a chart, an SVG image.",
        HelpName = "FILE.svg",
    };

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where it writes.</param>
    public DensityCommand(ToolConsole console)
        : base(
            "density",
            "Show how many pages fit into a GiB when they are compressed. Keeps every page of files, or of a running process, under each "
            + "codec as a host would lay it out, replaces half of them twice, and compares every page with what it was; the exit "
            + "code is 1 if one was wrong.")
    {
        _console = console;
        Add(_paths);
        Add(_process);
        Add(_codecs);
        Add(_limit);
        Add(_seed);
        Add(_json);
        Add(_plot);
        Add(_dump);
        SetAction((arguments, cancellation) => Task.Run(() => Run(arguments, cancellation), CancellationToken.None));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
    [
        ("tmem density /usr/lib", "Pages of the folder's files under each codec: bytes a page, pages a GiB, time."),
        ("tmem density --pid 4242 --codec zstd", "What the heap of a running process would come to in swap, with one codec."),
        ("tmem density --pid 4242 --dump heap.pages", "The same under all codecs, over pages that are kept in a file, for bench/zram.sh."),
        ("tmem density ~/data --limit 256MiB --json --plot data.svg", "A sample of the folder, figures for a program, and a chart."),
    ];

    private int Run(ParseResult arguments, CancellationToken cancellation)
    {
        string[] paths = arguments.GetValue(_paths) ?? [];
        int? process = arguments.GetValue(_process);
        string[] names = arguments.GetValue(_codecs) ?? [];
        string? complaint = paths.Length == 0 == (process is null)
            ? "Name folders and files, or a process with --pid: one of the two."
            : names.Where(static name => PageCodec.All.All(codec => codec.Name != name))
                .Select(static name => $"There is no codec \"{name}\"; there are {s_names}.")
                .Concat(paths.Where(static path => !Path.Exists(path)).Select(static path => $"There is no file or folder \"{path}\"."))
                .FirstOrDefault();
        if (complaint is null && TryLimit(arguments.GetValue(_limit), out long limitBytes, out complaint))
        {
            return Measure(arguments, paths, process, names, limitBytes, cancellation);
        }

        _console.Error.WriteLine(complaint);
        return ExitCode.Usage;
    }

    private static bool TryLimit(string? text, out long bytes, out string? complaint)
    {
        bytes = DefaultLimitBytes;
        bool isRight = text is null || (ByteSize.TryParse(text, out bytes) && bytes is >= TmemPool.PageBytes and <= MaximumLimitBytes);
        complaint = isRight
            ? null
            : $"--limit is \"{text}\"; it may be {ByteSize.Forms}, from {ByteSize.Format(TmemPool.PageBytes)} to {ByteSize.Format(MaximumLimitBytes)}.";
        return isRight;
    }

    private int Measure(
        ParseResult arguments, string[] paths, int? process, string[] names, long limitBytes, CancellationToken cancellation)
    {
        try
        {
            using PageFeed? feed = process is int number ? FeedOf(number) : FeedOf(paths);
            if (feed is null)
            {
                return ExitCode.Usage;
            }

            int stride = (int)Math.Max((feed.Pages + (limitBytes / TmemPool.PageBytes) - 1) / (limitBytes / TmemPool.PageBytes), 1);
            using FileFeed? dumped = Dump(arguments.GetValue(_dump), feed, stride, cancellation);
            double indexBytesPerPage = IndexShare.MeasureBytesPerPage();
            var rows = new List<DensityRow>();
            foreach (PageCodec codec in PageCodec.All.Where(codec => names.Length == 0 || names.Contains(codec.Name)))
            {
                using var run = new DensityRun(
                    dumped ?? feed, codec, dumped is null ? stride : 1, arguments.GetValue(_seed), indexBytesPerPage);
                if (run.Run(cancellation) is DensityRow row)
                {
                    rows.Add(row);
                }
            }

            return Show(arguments, feed, stride, rows);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _console.Error.WriteLine(e.Message);
            return ExitCode.Usage;
        }
        catch (InsufficientMemoryException e)
        {
            _console.Error.WriteLine($"--limit is too much for this machine. {e.Message}");
            return ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
    }

    /// <summary>Writes the pages into a file, and takes them from there.</summary>
    private FileFeed? Dump(string? path, PageFeed feed, int stride, CancellationToken cancellation)
    {
        if (path is null)
        {
            return null;
        }

        PageDump.Write(feed, stride, path, cancellation);
        return FeedOf([path]);
    }

    private ProcessFeed? FeedOf(int process)
    {
        try
        {
            return ProcessFeed.Open(process, int.MaxValue / 2);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _console.Error.WriteLine(
                $"The memory of process {process} cannot be read: {e.Message} It takes a running process of your own, or root, on Linux.");
            return null;
        }
    }

    private FileFeed FeedOf(string[] paths) => new(FileSet.Find(paths, TellSkipped), TellSkipped);

    private void TellSkipped(string path, string reason) => _console.Error.WriteLine($"Skipped {path}: {reason}");

    private int Show(ParseResult arguments, PageFeed feed, int stride, List<DensityRow> rows)
    {
        if (rows.Count == 0)
        {
            _console.Error.WriteLine($"There is no page to keep in {feed.Description}.");
            return ExitCode.Usage;
        }

        if (arguments.GetValue(_json))
        {
            var result = new DensityResult { PagesFound = feed.Pages, Stride = stride, Rows = rows };
            _console.Output.WriteLine(JsonSerializer.Serialize(result, DensityResultJson.Default.DensityResult));
        }
        else
        {
            new DensityScreen(_console).Write(feed, stride, rows);
        }

        string description = string.Create(CultureInfo.InvariantCulture, $"{feed.Description}, {rows[0].Pages:N0} pages");
        if (arguments.GetValue(_plot) is string plot)
        {
            File.WriteAllText(plot, DensityChart.Draw(rows, description));
        }

        return rows.Exists(static row => row.PagesWrong != 0) ? ExitCode.Failure : ExitCode.Success;
    }
}
