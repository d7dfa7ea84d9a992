using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using TmemCore.Tool.Guest;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>The command <c>tmem try</c>.</summary>
internal sealed class TryCommand : ToolCommand
{
    /// <summary>Less than the most that any host may have.</summary>
    private const long MaximumMemoryBytes = 8L << 40;

    private readonly ToolConsole _console;
    private readonly PageTamper? _tamper;

    private readonly Argument<string[]> _paths = new("PATH")
    {
        Description = "Folders and files to read; links are not followed, other file systems not entered.",
        DefaultValueFactory = static _ => ["."],
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<long?> _memory = SizeOption(
        "--memory",
        "Memory that tmem may hold, data and metadata together. [default: 256MiB]",
        TmemHostOptions.MinimumCapacityBytes,
        MaximumMemoryBytes);

    private readonly Option<long?> _guestCache = SizeOption(
        "--guest-cache",
        "The guest's own memory, in front of tmem. [default: an eighth of the files, and no more than --memory]",
        TmemPool.PageBytes,
        MaximumMemoryBytes);

    private readonly Option<int> _passes = NumberOption.Create(
        "--passes",
        "Passes over the files after the first one, which fills the memory and is not counted.",
        normal: 2,
        static passes => passes is >= 1 and <= 1000,
        "1 to 1000");

    private readonly Option<int> _seed = NumberOption.Create(
        "--seed",
        "Chooses the order of reads; the same number and files give the same reads.",
        normal: 1,
        static _ => true,
        "any whole number of 32 bits");

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON object instead of a table: pages, pagesVerified, pagesWrong, diskReads, "
            + "diskReadsAvoided, hitRatio, bytesPerPage, putNsP50, putNsP99, getNsP50, getNsP99, seconds.",
    };

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where it writes.</param>
    /// <param name="tamper">Spoils pages on their way back, to see whether it is noticed; null otherwise.</param>
    public TryCommand(ToolConsole console, PageTamper? tamper = null)
        : base(
            "try",
            "Play an operating system's guest over real files. Its page cache drops clean pages into an ephemeral pool, some pages "
            + "are anonymous memory that is swapped to a persistent pool, and what it misses it asks of tmem before the disk. "
            + "Every page that comes back is verified; the exit code is 1 if one was wrong.")
    {
        _console = console;
        _tamper = tamper;
        Add(_paths);
        Add(_memory);
        Add(_guestCache);
        Add(_passes);
        Add(_seed);
        Add(_json);
        SetAction((arguments, cancellation) => Task.Run(() => Run(arguments, cancellation), CancellationToken.None));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
    [
        ("tmem try /usr/lib", "Reads the folder again and again through 256 MiB of tmem, and shows how many disk reads it saved."),
        ("tmem try ~/src ~/data --memory 1GiB --guest-cache 64MiB", "Two folders, more tmem, and a guest with little memory of its own."),
        ("tmem try --passes 5 --seed 7 --json > try.json", "The current folder, five passes in another order, figures for a program."),
    ];

    private static Option<long?> SizeOption(string name, string description, long least, long most) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = result => ParseSize(result, name, least, most),
    };

    private static long? ParseSize(ArgumentResult result, string name, long least, long most)
    {
        string text = result.Tokens[0].Value;
        if (!ByteSize.TryParse(text, out long bytes))
        {
            result.AddError($"{name} is \"{text}\"; it may be {ByteSize.Forms}.");
        }
        else if (bytes < least || bytes > most)
        {
            result.AddError($"{name} is {text}; it may be {ByteSize.Format(least)} to {ByteSize.Format(most)}.");
        }
        else
        {
            return bytes;
        }

        return null;
    }

    private int Run(ParseResult arguments, CancellationToken cancellation)
    {
        string[] paths = arguments.GetValue(_paths)!;
        foreach (string path in paths)
        {
            if (!Path.Exists(path))
            {
                _console.Error.WriteLine($"There is no file or folder \"{path}\".{(path.StartsWith('-') ? " See tmem try --help." : "")}");
                return ExitCode.Usage;
            }
        }

        // What is said while a bar or a spinner is drawn would be drawn over: it waits for the end.
        var skipped = new List<(string Path, string Reason)>();
        bool isJson = arguments.GetValue(_json);
        FileSet files = isJson
            ? FileSet.Find(paths, Note)
            : new TryScreen(_console).Search(() => FileSet.Find(paths, Note));
        TellSkipped(skipped);
        if (files.Pages == 0)
        {
            _console.Error.WriteLine($"There is nothing to read in {string.Join(", ", paths)}: no file with content was found, or none may be read.");
            return ExitCode.Usage;
        }

        var options = new GuestOptions
        {
            MemoryBytes = arguments.GetValue(_memory) ?? GuestOptions.DefaultMemoryBytes,
            GuestCacheBytes = arguments.GetValue(_guestCache),
            Passes = arguments.GetValue(_passes),
            Seed = arguments.GetValue(_seed),
            Tamper = _tamper,
        };
        try
        {
            return Play(files, options, isJson, cancellation);
        }
        catch (InsufficientMemoryException e)
        {
            _console.Error.WriteLine($"--memory is too much for this machine. {e.Message}");
            return ExitCode.Usage;
        }

        void Note(string path, string reason) => skipped.Add((path, reason));
    }

    private int Play(FileSet files, GuestOptions options, bool isJson, CancellationToken cancellation)
    {
        var lost = new List<(string Path, string Reason)>();
        using var run = new GuestRun(files, options, (path, reason) => lost.Add((path, reason)));
        var screen = new TryScreen(_console);
        GuestReport report = isJson
            ? run.Run(static _ => { }, cancellation)
            : screen.Watch(onProgress => run.Run(onProgress, cancellation));
        TellSkipped(lost);
        if (isJson)
        {
            _console.Output.WriteLine(JsonSerializer.Serialize(TryResult.From(report), TryResultJson.Default.TryResult));
        }
        else
        {
            screen.Write(report, options);
        }

        foreach (string problem in report.Problems)
        {
            _console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The store is damaged: {problem}"));
        }

        return report.PagesWrong != 0 || report.Problems.Count != 0 ? ExitCode.Failure
            : report.IsInterrupted ? ExitCode.Interrupted
            : ExitCode.Success;
    }

    private void TellSkipped(List<(string Path, string Reason)> files)
    {
        foreach ((string path, string reason) in files)
        {
            _console.Error.WriteLine($"Skipped {path}: {reason}");
        }
    }
}
