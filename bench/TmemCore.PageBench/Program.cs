using System.CommandLine;
using TmemCore.PageBench;
using TmemCore.PageBench.Contention;

var pages = new Option<int>("--pages") { Description = "Pages in the store; a multiple of 64.", DefaultValueFactory = _ => 1 << 20 };
var threads = new Option<int>("--threads") { Description = "Threads of the rows that use several.", DefaultValueFactory = _ => 2 };
var rounds = new Option<int>("--rounds") { Description = "Pairs of runs for each row.", DefaultValueFactory = _ => 25 };
var only = new Option<string?>("--only") { Description = "Only the rows whose name begins so." };
var quick = new Option<bool>("--quick") { Description = "At 256K pages in less than a minute; without the rows that take minutes or 18 GiB." };
var contention = new Option<bool>("--contention") { Description = "No rows, but a simulation of many threads, made of times measured here." };
var cold = new Option<FileInfo?>("--cold") { Description = "No rows, but what the cold tier makes of the pages of a file.", HelpName = "FILE" };
var socket = new Option<bool>("--socket") { Description = "No rows, but pages to and from a daemon over its socket, beside the embedded call." };
var migrate = new Option<bool>("--migrate") { Description = "No rows, but saves and moves of a client of 1 GiB, or of --pages." };
var governor = new Option<bool>("--governor") { Description = "No rows, but how fast a host of 8 GiB, or of --pages, gives its memory back." };
var demand = new Option<long?>("--demand") { Description = "Touch so many bytes and tell the seconds: the other process of --governor.", Hidden = true };
var role = new Option<string?>("--takeover-process") { Description = "Be one of the two processes of --socket that one takes over from: WHICH:PATH.", Hidden = true };
var json = new Option<bool>("--json") { Description = "One JSON object instead of a table." };
var command = new RootCommand(
    """
    Times the page store against the bare copy of the same pages in the same order, in one process, in turns.
    A ratio of 1 is the speed of copying the page. Row by row the value that must be met stands beside it.

    Example: dotnet run -c Release --project bench/TmemCore.PageBench -- --quick
    """)
{
    pages, threads, rounds, only, quick, contention, cold, socket, migrate, governor, demand, role, json,
};
command.SetAction(async (arguments, _) =>
{
    var options = new BenchOptions(
        arguments.GetValue(quick) ? 1 << 18 : arguments.GetValue(pages),
        arguments.GetValue(threads),
        arguments.GetValue(quick) ? 15 : arguments.GetValue(rounds),
        arguments.GetValue(quick),
        arguments.GetValue(only));
    if (arguments.GetValue(contention))
    {
        ContentionTable.Write(options, Console.Out);
        return;
    }

    if (arguments.GetValue(cold) is FileInfo file)
    {
        ColdRun.Write(file.FullName, Console.Out);
        return;
    }

    int held = arguments.GetResult(pages)?.Implicit == false ? options.Pages : 1 << 21;
    if (GovernorRun.TryWrite(arguments.GetValue(governor), held, arguments.GetValue(demand), Console.Out))
    {
        return;
    }

    if (await SocketRun.TryWriteAsync(arguments.GetValue(socket), arguments.GetValue(role), options, Console.Out))
    {
        return;
    }

    if (arguments.GetValue(migrate))
    {
        int moved = arguments.GetResult(pages)?.Implicit == false ? options.Pages : 1 << 18;
        await MigrateRun.WriteAsync(options with { Pages = moved, Rounds = Math.Min(options.Rounds, 7) }, Console.Out);
        return;
    }

    Report report = Bench.Run(options, arguments.GetValue(json) ? TextWriter.Null : Console.Out);
    if (arguments.GetValue(json))
    {
        Console.WriteLine(report.ToJson());
    }
});
return await command.Parse(args).InvokeAsync();
