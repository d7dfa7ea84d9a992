using System.CommandLine;
using System.Globalization;
using System.Numerics;
using Spectre.Console;
using TmemCore.Hypercalls;
using TmemCore.Tool.Replay;
using TmemCore.Tool.Terminal;
using TraceHeader = TmemCore.Tool.Replay.TraceHeader;

namespace TmemCore.Tool.Commands;

/// <summary>The command <c>tmem replay</c>.</summary>
internal sealed class ReplayCommand : ToolCommand
{
    private const string Embedded = "embedded";
    private const string InProcess = "in-process";
    private const string Xen = "xen";

    private readonly ToolConsole _console;
    private readonly Func<XenPort> _open;

    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Golden traces, plain or compressed by gzip.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _print = new("--print")
    {
        Description = "Write the result of every operation, one a line, and nothing else.",
    };

    private readonly Option<int> _shards = NumberOption.Create(
        "--shards",
        "Parts of the store with a lock of their own, a power of two; exact results are the same for any number.",
        normal: 1,
        static shards => shards is >= 1 and <= 4096 && BitOperations.IsPow2(shards),
        "a power of two from 1 to 4096");

    private readonly Option<bool> _reversedWeights = new("--reversed-weights")
    {
        Description = "Let weights act as the original's do, whose test is the wrong way round; in this process only, and for traces of its rules.",
    };

    private readonly Option<string> _port = new Option<string>("--port")
    {
        Description = "What to replay on: a host of this process, called directly (embedded) or by the bytes of hypercalls "
            + "(in-process), or the Xen hypervisor below this machine (xen).",
        DefaultValueFactory = static _ => Embedded,
    }.AcceptOnlyFromAmong(Embedded, InProcess, Xen);

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where it writes.</param>
    /// <param name="open">Opens the hypervisor; null for the one below this machine.</param>
    public ReplayCommand(ToolConsole console, Func<XenPort>? open = null)
        : base(
            "replay",
            "Replay golden traces on a host of this process, or on a hypervisor, and compare every result with the reference's. The exit code is 1 "
            + "when an exact trace differs, or a statistical one has wrong contents or a hit rate more than 2 points below.")
    {
        _console = console;
        _open = open ?? XenPort.Open;
        Add(_files);
        Add(_print);
        Add(_shards);
        Add(_reversedWeights);
        Add(_port);
        SetAction(Run);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
    [
        ("tmem replay golden/*.txt.gz", "Replays all traces of a folder: a line for each, and the first ten differences of each."),
        ("tmem replay --shards 64 trace.txt", "The same on a store of 64 parts, of which exact results do not depend."),
        ("tmem replay --reversed-weights quirk.txt.gz", "The same with weights as the original takes them, so that its traces of weights match."),
        ("tmem replay --port in-process trace.txt", "The same through the binary interface, byte by byte."),
        ("tmem replay --port xen trace.txt", "The same on the Xen hypervisor below, as root in dom0: a trace whose only client is this domain."),
        ("tmem replay --print trace.txt.gz > results.txt", "Keeps the result of every operation, to be compared by other means."),
    ];

    private int Run(ParseResult arguments)
    {
        if (arguments.GetValue(_port) != Xen)
        {
            int shards = arguments.GetValue(_shards);
            bool reverses = arguments.GetValue(_reversedWeights);
            return Run(arguments, arguments.GetValue(_port) == InProcess
                ? header => new PortTarget(header, shards, reversesWeights: reverses)
                : header => new EmbeddedTarget(header, shards, reverses));
        }

        try
        {
            using XenPort port = _open();
            var control = ControlInterface.Detect(port, port.Version);
            return Run(arguments, _ => new XenTarget(port, MachineFrames.Translate(port, pageCount: 1), control));
        }
        catch (XenUnavailableException missing)
        {
            _console.Error.WriteLine("tmem replay: " + missing.Message);
            return ExitCode.Usage;
        }
        catch (Exception refused) when (XenLink.IsRefusal(refused))
        {
            _console.Error.WriteLine("tmem replay: " + refused.Message);
            return ExitCode.Failure;
        }
    }

    private int Run(ParseResult arguments, Func<TraceHeader, IReplayTarget> targetOf)
    {
        bool prints = arguments.GetValue(_print);
        string[] files = arguments.GetValue(_files)!;
        int nameWidth = files.Max(static file => Path.GetFileName(file).Length);
        bool isPassed = true;
        foreach (string file in files)
        {
            try
            {
                using var trace = TraceFile.Open(file);
                using IReplayTarget target = targetOf(trace.Header);
                TraceReport report = new TraceReplay(trace, target).Run(prints ? _console.Output.WriteLine : null);
                isPassed &= report.IsPassed;
                if (!prints)
                {
                    Write(report, nameWidth);
                }
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                _console.Error.WriteLine(e.Message);
                return ExitCode.Usage;
            }
            catch (Exception e) when (e is ArgumentOutOfRangeException or InsufficientMemoryException)
            {
                _console.Error.WriteLine($"{file}: the header asks for a host that cannot be made. {e.Message}");
                return ExitCode.Usage;
            }
        }

        return isPassed ? ExitCode.Success : ExitCode.Failure;
    }

    private void Write(TraceReport report, int nameWidth)
    {
        string colour = report.Mismatches == 0 && report.IsPassed ? "green" : report.IsPassed ? "yellow" : "red";
        string kind = report.Header.Class.ToString().ToLowerInvariant();
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Name.PadRight(nameWidth)}  {kind,-11}  {report.Operations,6} operations  {report.Mismatches,5} mismatches{HitRateOf(report)}");
        _console.Screen.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{line}  [{colour}]{VerdictOf(report)}[/]");
        foreach (TraceMismatch mismatch in report.FirstMismatches)
        {
            _console.Screen.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"    line {mismatch.Line}: {mismatch.Operation}: expected {mismatch.Expected}, got {mismatch.Got}"));
        }
    }

    private static string HitRateOf(TraceReport report) => report.Header.Class != TraceClass.Statistical
        ? ""
        : string.Create(
            CultureInfo.InvariantCulture,
            $"  hit rate {report.HitRate * 100:F2} % (reference {report.ReferenceHitRate * 100:F2} %)");

    private static string VerdictOf(TraceReport report) => report switch
    {
        { IsPassed: false } => "FAILED",
        { Header.Class: TraceClass.Quirk, Mismatches: > 0 } => "reported only",
        { Header.Class: TraceClass.Statistical, IsHitRateBinding: false } => "hit rate reported only",
        _ => "ok",
    };
}
