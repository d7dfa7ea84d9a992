using System.Diagnostics;
using System.Globalization;
using TmemCore.Statistics;

namespace TmemCore.PageBench;

/// <summary>What the cold tier makes of the pages of a file: bytes before and after, the time it takes, and what reading costs then.</summary>
internal static class ColdRun
{
    private const int PagesPerObject = 64;

    /// <summary>Puts all pages under LZ4, has them get cold, and tells what has become of them.</summary>
    /// <param name="file">Any file; what does not fill a page at its end is left out.</param>
    /// <param name="writer">Where the figures go.</param>
    public static void Write(string file, TextWriter writer)
    {
        byte[] buffer = GC.AllocateArray<byte>(TmemPool.PageBytes, pinned: true);
        long pages = new FileInfo(file).Length / TmemPool.PageBytes;
        var clock = new HandClock();
        using var host = new TmemHost(new TmemHostOptions
        {
            CapacityBytes = Math.Max(2 * pages * TmemPool.PageBytes, 64L << 20),
            CompressByDefault = true,
            ColdCompression = PageCompression.Zstandard,
            ColdClock = clock,
        });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        using (FileStream stream = File.OpenRead(file))
        {
            for (uint i = 0; i < pages; i++)
            {
                stream.ReadExactly(buffer);
                Require(pool.Put(i / PagesPerObject, i % PagesPerObject, buffer) == PutResult.Stored);
            }
        }

        HostStatistics before = host.GetStatistics();
        double getBefore = GetNs(pool, pages, buffer);
        Walk(host);
        clock.Advance(host.Options.ColdAfter);
        TimeSpan work = Walk(host);
        HostStatistics after = host.GetStatistics();
        double getAfter = GetNs(pool, pages, buffer);
        RequirePages(pool, file, buffer);
        long cold = Math.Max(after.ColdRecompressions, 1);
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            pages                       {pages:N0}, {before.PackedPages:N0} packed, {after.ColdPages:N0} made smaller
            bytes a page, data          {(double)before.DataBytes / pages:N0} before, {(double)after.DataBytes / pages:N0} after
            frames of packed pages      {before.PackedFrames:N0} before, {after.PackedFrames:N0} after
            saved of a page made smaller {(double)after.ColdBytesSaved / cold:N0} bytes
            work, µs of a packed page   {work.TotalMicroseconds / Math.Max(before.PackedPages, 1):N1}, all in all {work.TotalSeconds:N2} s
            get, ns                     {getBefore:N0} before, {getAfter:N0} after
            broken invariants           {host.Verify().Count}
            """));
    }

    /// <summary>Steps until there is nothing to do.</summary>
    private static TimeSpan Walk(TmemHost host)
    {
        long begin = Stopwatch.GetTimestamp();
        while (host.Store.RecompressStep() == TimeSpan.Zero)
        {
        }

        return Stopwatch.GetElapsedTime(begin);
    }

    private static double GetNs(PersistentPool pool, long pages, byte[] buffer)
    {
        long begin = Stopwatch.GetTimestamp();
        for (uint i = 0; i < pages; i++)
        {
            Require(pool.Get(i / PagesPerObject, i % PagesPerObject, buffer) == GetResult.Hit);
        }

        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / pages;
    }

    private static void RequirePages(PersistentPool pool, string file, byte[] buffer)
    {
        using FileStream stream = File.OpenRead(file);
        var expected = new byte[TmemPool.PageBytes];
        for (uint i = 0; stream.ReadAtLeast(expected, expected.Length, throwOnEndOfStream: false) == expected.Length; i++)
        {
            Require(pool.Get(i / PagesPerObject, i % PagesPerObject, buffer) == GetResult.Hit && buffer.AsSpan().SequenceEqual(expected));
        }
    }

    private static void Require(bool isRight)
    {
        if (!isRight)
        {
            throw new InvalidDataException("An operation gave a wrong answer or a wrong page.");
        }
    }

    /// <summary>A clock moved by hand, so that nothing has to be waited for.</summary>
    private sealed class HandClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
