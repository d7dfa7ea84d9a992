using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using TmemCore.Tool.Guest;
using TmemCore.Tool.Simulation;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>The command <c>tmem simulate</c>.</summary>
internal sealed class SimulateCommand : ToolCommand
{
    private const string AllPolicies = "all";

    private static readonly Dictionary<string, BlockTraceFormat> s_formats = new()
    {
        ["lis"] = BlockTraceFormat.Lis,
        ["oracleGeneral"] = BlockTraceFormat.OracleGeneral,
        ["csv"] = BlockTraceFormat.Csv,
    };

    private readonly ToolConsole _console;
    private readonly PageTamper? _tamper;

    private readonly Argument<string> _trace = new("TRACE")
    {
        Description = "The block trace, plain or compressed by gzip. Each block, or object of whatever size, is a page.",
    };

    private readonly Option<int[]> _sizes = PageCountOption.CreateMany(
        "--size", "Sizes of the pool: in pages, or in bytes with a unit, 4,096 to a page; several are simulated in one go.");

    private readonly Option<string[]> _policies = new Option<string[]>("--policy")
    {
        Description = "Who goes when the pool is full: the page used longest ago (lru), put longest ago (fifo), by S3-FIFO with a small queue of "
            + "10 %, ghosts as long as the main queue and two hits to be promoted (s3fifo), the same with a history of gets for --exclusive "
            + "(s3fifo-gets), the page wanted last (optimum, which reads the trace twice unless it tells what is wanted next). "
            + "Bytes of bookkeeping per page are in the table: 20 for the pool's own and 8, 8, 31.5, 56.5 and 16; the optimum takes 4 "
            + "more for each request when it reads twice. [default: all that fit]",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "POLICY",
    }.AcceptOnlyFromAmong([AllPolicies, .. SimulatedPolicy.All.Select(static policy => policy.Name)]);

    private readonly Option<string> _format = new Option<string>("--format")
    {
        Description = "How the trace is written: lines of first block, count, a number that means nothing here, and sequence (lis); records of 24 bytes "
            + "as libCacheSim has them (oracleGeneral); numbers between commas below a line of names (csv), where a page is in a column "
            + $"{CsvTrace.Columns}. [default: told by the file's name, .lis, .csv or oracleGeneral in it, or else by its first bytes]",
    }.AcceptOnlyFromAmong([.. s_formats.Keys]);

    private readonly Option<bool> _exclusive = new("--exclusive")
    {
        Description = "A get takes the page out, as from an ephemeral pool; without it the page stays, as in a retaining one.",
    };

    private readonly Option<int?> _guestCache = PageCountOption.Create(
        "--guest-cache",
        "Pages, or bytes with a unit, of a guest's own cache in front, in which the page used longest ago goes: only what it "
        + "misses is asked of the pool, and what falls out of it is put there. Without it pages are put as soon as they are read.");

    private readonly Option<bool> _engine = new("--engine")
    {
        Description = "Ask the engine, too: a pool of a host in this process, whose memory is lowered whenever it is seen to hold more pages. Pages are "
            + "made of their numbers and compared when they come back. It differs from lru in that pages of different shards go in almost "
            + "the order of their age only, that tables come out of the same memory, so that it may hold a few pages more or fewer, "
            + "and that the host's limit is 1 MiB at least, so that small pools hold more than wanted.",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON object instead of a table: format, exclusive, guestCachePages, requests, guestHits, gets, seconds, and pools, "
            + "each with policy, pages, pagesMax, misses, missRatio, bytesPerPage, pagesWrong.",
    };

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where it writes.</param>
    /// <param name="tamper">Spoils pages on their way back from the engine, to see whether it is noticed; null otherwise.</param>
    public SimulateCommand(ToolConsole console, PageTamper? tamper = null)
        : base(
            "simulate",
            "Play a trace of block requests on pools of given sizes, and compare how often policies miss: on the policy alone, where pages have no "
            + "content, and on the engine itself. The exit code is 1 if a page of the engine came back wrong.")
    {
        _console = console;
        _tamper = tamper;
        Add(_trace);
        Add(_sizes);
        Add(_policies);
        Add(_format);
        Add(_exclusive);
        Add(_guestCache);
        Add(_engine);
        Add(_json);
        SetAction((arguments, cancellation) => Task.Run(() => Run(arguments, cancellation), CancellationToken.None));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
    [
        ("tmem simulate OLTP.lis.gz --size 1000 5000", "How often each policy misses in pools of 1,000 and of 5,000 pages that keep the page on a get."),
        ("tmem simulate P6.lis --size 512MiB --exclusive --guest-cache 64MiB", "Pools behind a guest with 64 MiB of its own; a get takes the page out."),
        ("tmem simulate web.oracleGeneral --size 10000 --policy lru s3fifo", "Two policies only, of a trace of libCacheSim."),
        ("tmem simulate OLTP.lis --size 5000 --policy lru --engine", "The engine beside the order that it follows."),
        ("tmem simulate blocks.csv --size 1000 --json > misses.json", "Figures for a program, of numbers between commas."),
    ];

    private int Run(ParseResult arguments, CancellationToken cancellation)
    {
        SimulationOptions options = OptionsOf(arguments);
        try
        {
            using var run = new SimulationRun(options);
            bool isJson = arguments.GetValue(_json);
            SimulationReport report = _console.IsInteractive && !isJson
                ? _console.Screen.Status().Start("reading the trace", _ => run.Run(cancellation))
                : run.Run(cancellation);
            if (isJson)
            {
                _console.Output.WriteLine(JsonSerializer.Serialize(SimulateResult.From(report, options), SimulateResultJson.Default.SimulateResult));
            }
            else
            {
                new SimulateScreen(_console).Write(report, options);
            }

            return Judge(report);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            _console.Error.WriteLine(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is InsufficientMemoryException or OutOfMemoryException or ArgumentOutOfRangeException)
        {
            _console.Error.WriteLine($"--size is too much for this machine. {e.Message}");
            return ExitCode.Usage;
        }
    }

    private SimulationOptions OptionsOf(ParseResult arguments)
    {
        bool isExclusive = arguments.GetValue(_exclusive);
        string[] names = arguments.GetValue(_policies) ?? [];
        bool isAll = names.Length == 0 || names.Contains(AllPolicies);
        string? format = arguments.GetValue(_format);
        return new SimulationOptions
        {
            TracePath = arguments.GetValue(_trace)!,
            Format = format is null ? null : s_formats[format],
            Policies =
            [
                .. SimulatedPolicy.All.Where(policy => names.Contains(policy.Name) || (isAll && (isExclusive || !policy.IsForExclusive))),
            ],
            Sizes = [.. arguments.GetValue(_sizes)!.Distinct()],
            IsExclusive = isExclusive,
            GuestCachePages = arguments.GetValue(_guestCache) ?? 0,
            UsesEngine = arguments.GetValue(_engine),
            Tamper = _tamper,
        };
    }

    private int Judge(SimulationReport report)
    {
        foreach (PoolReport pool in report.Pools)
        {
            if (pool.PagesWrong != 0)
            {
                _console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Pages that came back wrong from the engine: {pool.PagesWrong:N0}."));
            }

            foreach (string problem in pool.Problems)
            {
                _console.Error.WriteLine($"The store is damaged: {problem}");
            }
        }

        return report.Pools.Any(static pool => pool.PagesWrong != 0 || pool.Problems.Count != 0) ? ExitCode.Failure
            : report.IsInterrupted ? ExitCode.Interrupted
            : ExitCode.Success;
    }
}
