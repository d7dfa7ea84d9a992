using BenchmarkDotNet.Running;
using TmemCore.Benchmarks;
using TmemCore.Benchmarks.Peers;

if (args is ["table", ..])
{
    return Tables.Run(args.AsSpan(1), Console.Out);
}

if (args is ["peers", ..])
{
    return PeerCommand.Run(args[1..]);
}

BenchmarkSwitcher.FromAssembly(typeof(Tables).Assembly).Run(args);
return 0;
