using System.CommandLine;
using TmemCore.CacheBench;

var quick = new Option<bool>("--quick") { Description = "Shorter rounds, 512 MiB of churn, fewer requests." };
var json = new Option<bool>("--json") { Description = "A JSON object a line instead of tables." };
var only = new Option<string?>("--only") { Description = "Only one part: speed, density, churn or hits." };
var part = new Option<string?>("--part") { Hidden = true };
var cache = new Option<string>("--cache") { Hidden = true, DefaultValueFactory = _ => Peers.Tmem };
var noise = new Option<bool>("--noise") { Hidden = true };
var value = new Option<int>("--value") { Hidden = true };
var limit = new Option<long>("--limit") { Hidden = true };
var command = new RootCommand(
    """
    Compares TmemCore.Caching with MemoryCache, MemoryDistributedCache, BitFaster.Caching and Redis on a Unix socket: operations a second,
    memory, collections, hits in a memory of one size. Linux.

    Example: dotnet run -c Release --project bench/TmemCore.CacheBench -- --quick
    """)
{
    quick, json, only, part, cache, noise, value, limit,
};
command.SetAction(arguments =>
{
    var plan = new BenchPlan(arguments.GetValue(quick));
    if (arguments.GetValue(part) is string child)
    {
        Console.WriteLine(PartRun.Run(
            child, arguments.GetValue(cache)!, arguments.GetValue(noise), arguments.GetValue(value), arguments.GetValue(limit), plan).ToJson());
        return;
    }

    bool isJson = arguments.GetValue(json);
    string[] names = Peers.Available(Console.Error);
    string? wanted = arguments.GetValue(only);
    if (wanted is null or "speed")
    {
        Tables.WriteSpeed(SpeedRun.Run(names, plan), isJson);
    }

    if (wanted is null or PartRun.Density)
    {
        Tables.WriteParts(PartRun.Density, Tables.Densities(names, plan), isJson);
    }

    if (wanted is null or PartRun.Churn)
    {
        Tables.WriteParts(PartRun.Churn, names.Select(name => PartProcess.Run(PartRun.Churn, name, isNoise: false, 0, 0, plan)), isJson);
    }

    if (wanted is null or "hits")
    {
        Tables.WriteParts("hits", Tables.Hits(names, plan), isJson);
    }
});
return command.Parse(args).Invoke();
