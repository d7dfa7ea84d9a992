using System.Globalization;
using System.Runtime.InteropServices;
using TmemCore.Benchmarks.Generators;
using TmemCore.Benchmarks.Marshalers;

namespace TmemCore.Benchmarks;

/// <summary>All rows in turns, in one process, as Markdown: what is compared ran within the same milliseconds.</summary>
internal static class Tables
{
    private const int DefaultRounds = 101;

    /// <summary>Prints the tables.</summary>
    /// <param name="args">Nothing, or the number of rounds.</param>
    /// <param name="output">Where they go.</param>
    /// <returns>The exit code: 2 where the number is not one.</returns>
    public static int Run(ReadOnlySpan<string> args, TextWriter output)
    {
        int rounds = DefaultRounds;
        if (args.Length > 1 || (args.Length == 1 && !(int.TryParse(args[0], CultureInfo.InvariantCulture, out rounds) && rounds > 0)))
        {
            Console.Error.WriteLine($"table takes one number, how many rounds, {DefaultRounds} unless told; got: {string.Join(' ', args!)}");
            return 2;
        }

        output.WriteLine($"{Machine()}; medians of {rounds} rounds.");
        MarshalerTable.Write(rounds, output);
        GeneratorTable.Write(output);
        return 0;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    public static string Machine()
    {
        const string key = "model name";
        string? line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static l => l.StartsWith(key, StringComparison.Ordinal))
            : null;
        string processor = line is null ? "unknown processor" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        return $"{processor}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}";
    }
}
