using BenchmarkDotNet.Running;
using TmemCore.Benchmarks;

if (args is ["table", ..])
{
    return Tables.Run(args.AsSpan(1), Console.Out);
}

BenchmarkSwitcher.FromAssembly(typeof(Tables).Assembly).Run(args);
return 0;
