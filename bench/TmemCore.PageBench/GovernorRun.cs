using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using TmemCore.Memory;
using TmemCore.Statistics;

namespace TmemCore.PageBench;

/// <summary>How fast a host gives memory back: when a reading says that all of it is missing, and when another process of this machine takes it.</summary>
internal static class GovernorRun
{
    private const int PagesPerObject = 1024;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(5);

    /// <summary>Does either part, if it is wanted.</summary>
    /// <param name="isWanted">Whether a host is to be filled and its memory taken.</param>
    /// <param name="pages">Pages in the host.</param>
    /// <param name="demandBytes">What this process is to take, as the other one; null when it is not.</param>
    /// <param name="writer">Where the figures go.</param>
    public static bool TryWrite(bool isWanted, int pages, long? demandBytes, TextWriter writer)
    {
        if (demandBytes is long bytes)
        {
            Demand(bytes, writer);
        }
        else if (isWanted)
        {
            Write(pages, writer);
        }

        return isWanted || demandBytes is not null;
    }

    private static void Write(int pages, TextWriter writer)
    {
        writer.WriteLine("what                                 GiB held   s to give back   s of a processor   longest get meanwhile, ms");
        WriteReading(pages, isShuffled: false, writer);
        WriteReading(pages, isShuffled: true, writer);
        WriteDemand(pages, writer);
    }

    /// <summary>The other process: touches so many bytes as fast as it can, and tells the seconds.</summary>
    private static unsafe void Demand(long bytes, TextWriter writer)
    {
        byte* memory = (byte*)NativeMemory.Alloc((nuint)bytes);
        long begin = Stopwatch.GetTimestamp();
        for (long at = 0; at < bytes; at += TmemPool.PageBytes)
        {
            memory[at] = 1;
        }

        writer.WriteLine(Stopwatch.GetElapsedTime(begin).TotalSeconds.ToString(CultureInfo.InvariantCulture));
        NativeMemory.Free(memory);
    }

    private static void WriteReading(int pages, bool isShuffled, TextWriter writer)
    {
        var machine = new ToldMachine();
        using var host = new TmemHost(OptionsFor(pages) with { Governor = new(), Machine = machine, GovernorClock = TimeProvider.System });
        PersistentPool swap = host.CreateClient().CreatePersistentPool();
        Require(swap.Put(1, 0, new byte[TmemPool.PageBytes]) == PutResult.Stored);
        Fill(host, pages, isShuffled);
        double held = host.CommittedBytes / (double)(1L << 30);
        using var watch = new GetWatch(swap);
        machine.AvailableBytes = 0;
        machine.IsFull = true;
        TimeSpan worked = Process.GetCurrentProcess().TotalProcessorTime;
        long begin = Stopwatch.GetTimestamp();
        host.Store.Governor!.Step(host.Store);
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        worked = Process.GetCurrentProcess().TotalProcessorTime - worked;
        double longest = watch.Stop();
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"a reading, pages put {(isShuffled ? "at random  " : "in sequence")}     {held,8:F2}   {seconds,14:F2}   {worked.TotalSeconds,16:F2}   {longest,25:F2}"));
        Require(host.CommittedBytes < held * (1L << 30) / 16);
    }

    private static void WriteDemand(int pages, TextWriter writer)
    {
        using var host = new TmemHost(OptionsFor(pages));
        Fill(host, pages, isShuffled: false);
        long held = host.CommittedBytes;

        // All that is available now but an eighth of what is held is to stay free: whoever takes more than that takes it from the host.
        long reserve = MachineMemory.AvailableBytes() - (held / 8);
        host.Dispose();
        using var governed = new TmemHost(OptionsFor(pages) with { Governor = new() { ReserveBytes = Math.Max(reserve, 1 << 20) } });
        Fill(governed, pages, isShuffled: false);
        held = governed.CommittedBytes;
        PersistentPool swap = governed.CreateClient().CreatePersistentPool();
        Require(swap.Put(1, 0, new byte[TmemPool.PageBytes]) == PutResult.Stored);
        using var watch = new GetWatch(swap);
        using Process other = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, [.. OwnAssembly(), "--demand", held.ToString(CultureInfo.InvariantCulture)])
        { RedirectStandardOutput = true })!;
        TimeSpan longest = LongestShortage(other, reserve, out long least, out TimeSpan after);
        double took = double.Parse(other.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
        double longestGet = watch.Stop();
        MemoryStatistics memory = governed.GetStatistics().Memory;
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            another process takes as much             {held / (double)(1L << 30),6:F2}   {after.TotalSeconds,14:F2}                      {longestGet,25:F2}
              it touched all of it in {took:F2} s; less than the reserve was available for {longest.TotalSeconds:F2} s at a stretch at most,
              {(reserve - least) / (double)(1L << 20):N0} MiB less at the least; {memory.ReturnedBytes / (double)(1L << 30):F2} GiB were given back in {memory.Shrinks:N0} steps
            """));
    }

    /// <summary>The longest time for which less than the reserve was available while the other process took memory, and the time from its end until the reserve was there again.</summary>
    private static TimeSpan LongestShortage(Process other, long reserve, out long least, out TimeSpan after)
    {
        TimeSpan longest = TimeSpan.Zero;
        long since = 0;
        least = long.MaxValue;
        while (!other.HasExited)
        {
            long available = MachineMemory.AvailableBytes();
            least = Math.Min(least, available);
            if (available >= reserve)
            {
                since = 0;
            }
            else
            {
                since = since == 0 ? Stopwatch.GetTimestamp() : since;
                longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(since).Ticks));
            }

            Thread.Sleep(s_look);
        }

        after = longest;
        return longest;
    }

    private static TmemHostOptions OptionsFor(int pages) => new() { CapacityBytes = ((long)pages * TmemPool.PageBytes * 66 / 64) + (16L << 20) };

    /// <summary>What stands before the arguments of a process of this program.</summary>
    public static IEnumerable<string> OwnAssembly() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? ["exec", typeof(GovernorRun).Assembly.Location] : [];

    private static void Fill(TmemHost host, int pages, bool isShuffled)
    {
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        byte[] page = GC.AllocateArray<byte>(TmemPool.PageBytes, pinned: true);
        uint[] order = [.. Enumerable.Range(0, pages).Select(static i => (uint)i)];
        if (isShuffled)
        {
            new Random(1).Shuffle(order);
        }

        foreach (uint i in order)
        {
            pool.TryPut(i / PagesPerObject, i % PagesPerObject, page);
        }
    }

    private static void Require(bool isRight)
    {
        if (!isRight)
        {
            throw new InvalidDataException("An operation gave a wrong answer, or memory was not given back.");
        }
    }

    /// <summary>A machine that has whatever it is told.</summary>
    private sealed class ToldMachine : IMachineReader
    {
        public long AvailableBytes { get; set; } = 1L << 40;

        public bool IsFull { get; set; }

        public MachineReading Read() => new(
        [
            new MemoryScope(
                MachineReader.Machine, 1L << 40, AvailableBytes, IsFull ? new MemoryPressure(1, TimeSpan.Zero, 1, TimeSpan.Zero) : null),
        ]);
    }

    /// <summary>A thread that gets a page again and again, and notes the longest time that it took.</summary>
    private sealed class GetWatch : IDisposable
    {
        private readonly Thread _thread;
        private volatile bool _isStopped;
        private long _longest;

        public GetWatch(PersistentPool pool)
        {
            _thread = new Thread(() =>
            {
                var buffer = new byte[TmemPool.PageBytes];
                while (!_isStopped)
                {
                    long begin = Stopwatch.GetTimestamp();
                    Require(pool.Get(1, 0, buffer) == GetResult.Hit);
                    _longest = Math.Max(_longest, Stopwatch.GetTimestamp() - begin);
                    Thread.Sleep(1);
                }
            });
            _thread.Start();
        }

        /// <summary>The longest get so far, in milliseconds.</summary>
        public double Stop()
        {
            _isStopped = true;
            _thread.Join();
            return Stopwatch.GetElapsedTime(0, _longest).TotalMilliseconds;
        }

        public void Dispose() => _isStopped = true;
    }
}
