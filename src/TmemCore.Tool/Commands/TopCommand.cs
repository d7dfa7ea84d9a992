using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using TmemCore.Hypercalls;
using TmemCore.Statistics;
using TmemCore.Tool.Control;
using TmemCore.Tool.Top;

namespace TmemCore.Tool.Commands;

/// <summary><c>top</c>: the clients of a store, live.</summary>
internal sealed class TopCommand : ToolCommand
{
    private const double LeastSeconds = 0.1;
    private const double MostSeconds = 3600;
    private const double NormalSeconds = 1;
    private const string Foot = " q quit   s sort by the next of pages, activity, hits, id";
    private static readonly TimeSpan s_keyTime = TimeSpan.FromMilliseconds(50);

    private readonly ControlLink _link;

    private readonly Option<double> _interval = new("--interval", "-d")
    {
        Description = $"Seconds from one look to the next, {LeastSeconds.ToString(CultureInfo.InvariantCulture)} to {MostSeconds.ToString(CultureInfo.InvariantCulture)}.",
        HelpName = "SECONDS",
        DefaultValueFactory = static _ => NormalSeconds,
        CustomParser = SecondsOf,
    };

    private readonly Option<uint?> _count = WholeNumber.Option(
        "--count", "-n", "Looks to take, and then to end; on a terminal without end when not given, otherwise two.", int.MaxValue, least: 1);

    private readonly Option<TopSort> _sort = new("--sort")
    {
        Description = "What clients are sorted by at first.",
        DefaultValueFactory = static _ => TopSort.Pages,
    };

    /// <summary>Makes the command.</summary>
    /// <param name="link">The store.</param>
    public TopCommand(ControlLink link)
        : base("top", $"Watch the {link.ClientNoun}s of a store: memory, pages, density, rates, hit ratios.")
    {
        _link = link;
        Add(_interval);
        Add(_count);
        Add(_sort);
        link.AddOptions(this);
        // On a thread of its own: what ends the process is heeded only when the command has been begun, and the terminal must be given back.
        SetAction((parsed, cancellation) => Task.Run(() => link.Watch(parsed, target => Watch(parsed, target, cancellation)), CancellationToken.None));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples =>
    [
        (_link.Example("top"), "Looks each second, until q is pressed."),
        (_link.Example("top --interval 5 --sort activity"), "Looks each five seconds; the busiest first."),
        (_link.Example("top --count 2"), "Prints what two looks a second apart have shown."),
    ];

    private static double SecondsOf(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            && seconds is >= LeastSeconds and <= MostSeconds)
        {
            return seconds;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"--interval is \"{text}\"; it may be {LeastSeconds} to {MostSeconds} seconds."));
        return NormalSeconds;
    }

    private int Watch(ParseResult parsed, IControlTarget target, CancellationToken cancellation)
    {
        var model = new TopModel();
        TimeSpan interval = TimeSpan.FromSeconds(parsed.GetValue(_interval));
        TopSort sort = parsed.GetValue(_sort);
        int count = (int)(parsed.GetValue(_count) ?? (_link.Console.IsInteractive ? int.MaxValue : 2u));
        using TopScreen? screen = _link.Console.IsInteractive ? new TopScreen(_link.Console) : null;
        long last = Stopwatch.GetTimestamp();
        for (int look = 0; look < count && !cancellation.IsCancellationRequested; look++)
        {
            if (look != 0 && !Rest(screen, interval, ref sort, cancellation))
            {
                break;
            }

            TmemList list = TmemListReader.Parse(target.List(HypercallControl.AllClients, isLong: true));
            MemoryStatistics? memory = target.Memory;
            long now = Stopwatch.GetTimestamp();
            Show(screen, model.Add(list, Stopwatch.GetElapsedTime(last, now).TotalSeconds, memory), sort, isFirst: look == 0);
            last = now;
        }

        return ExitCode.Success;
    }

    private void Show(TopScreen? screen, TopView view, TopSort sort, bool isFirst)
    {
        if (screen is not null)
        {
            screen.Show(TopText.Lines(view, sort), Foot);
            return;
        }

        if (!isFirst)
        {
            _link.Console.Output.WriteLine();
        }

        foreach (string line in TopText.Lines(view, sort))
        {
            _link.Console.Output.WriteLine(line);
        }
    }

    /// <summary>Waits for the next look, and takes keys meanwhile.</summary>
    /// <returns>False when it is to end.</returns>
    private static bool Rest(TopScreen? screen, TimeSpan interval, ref TopSort sort, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        for (TimeSpan left = interval; left > TimeSpan.Zero; left = interval - Stopwatch.GetElapsedTime(begin))
        {
            if (cancellation.WaitHandle.WaitOne(left < s_keyTime ? left : s_keyTime))
            {
                return false;
            }

            while (screen is not null && !Console.IsInputRedirected && Console.KeyAvailable)
            {
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                if (key.Key is ConsoleKey.Q or ConsoleKey.Escape)
                {
                    return false;
                }

                if (key.Key == ConsoleKey.S)
                {
                    // The next look comes at once, so that the key is seen to work.
                    sort = (TopSort)(((int)sort + 1) % Enum.GetValues<TopSort>().Length);
                    return true;
                }
            }
        }

        return true;
    }
}
