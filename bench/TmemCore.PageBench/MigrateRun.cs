using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using TmemCore.Migration;

namespace TmemCore.PageBench;

/// <summary>
/// Moves a client from one host to another over a pair of sockets inside this process, idle and while a thread puts over its pages and gets them, and saves it to
/// nowhere: pages a second beside a bare copy of as many, and how long the client's calls had to wait.
/// </summary>
internal static class MigrateRun
{
    private const int BufferBytes = 256 << 10;

    /// <summary>Writes the table.</summary>
    /// <param name="options">How many pages and rounds.</param>
    /// <param name="output">Where it goes.</param>
    public static async Task WriteAsync(BenchOptions options, TextWriter output)
    {
        double copied = CopiedPerSecond(options);
        output.WriteLine($"{Report.Machine()}; {options.Pages:N0} pages, {options.Rounds} rounds");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a bare copy: {copied:N0} pages a second"));
        output.WriteLine($"{"",-22}{"pages/s",12}{"of copy",9}{"pause p50",11}{"max ms",9}{"rounds",8}{"again",9}  load op/s");
        await RowAsync("inspect a save", options, copied, loads: false, InspectAsync, output);
        await RowAsync("save to nowhere", options, copied, loads: false, SaveAsync, output);
        await RowAsync("save, under load", options, copied, loads: true, SaveAsync, output);
        await RowAsync("move", options, copied, loads: false, MoveAsync, output);
        await RowAsync("move, under load", options, copied, loads: true, MoveAsync, output);
    }

    private static async Task RowAsync(
        string name, BenchOptions options, double copied, bool loads, Func<TmemHost, TmemClient, Task<SaveReport>> run, TextWriter output)
    {
        var perSecond = new double[options.Rounds];
        var pauses = new double[options.Rounds];
        var rounds = new double[options.Rounds];
        var again = new double[options.Rounds];
        var operations = new double[options.Rounds];
        for (int round = 0; round < options.Rounds; round++)
        {
            using var host = new TmemHost(HostOptions(options.Pages));
            TmemClient client = host.CreateClient();
            PersistentPool pool = client.CreatePersistentPool();
            Fill(pool, options.Pages);
            using var load = new Load(pool, options.Pages, loads);
            long begin = Stopwatch.GetTimestamp();
            SaveReport report = await run(host, client);
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            perSecond[round] = options.Pages / seconds;
            pauses[round] = report.Pause.TotalMilliseconds;
            rounds[round] = report.Rounds;
            again[round] = report.Pages - options.Pages;
            operations[round] = load.Stop() / seconds;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-22}{Paired.Median(perSecond),12:N0}{Paired.Median(perSecond) / copied,9:0.000}{Paired.Median(pauses),11:0.00}{pauses.Max(),9:0.00}{Paired.Median(rounds),8:0}{Paired.Median(again),9:N0}  {Paired.Median(operations):N0}"));
    }

    private static async Task<SaveReport> SaveAsync(TmemHost host, TmemClient client)
    {
        PipeWriter writer = PipeWriter.Create(Stream.Null);
        SaveReport report = await SaveStream.SaveAsync(client, writer, new SaveOptions { Freezes = false });
        await writer.CompleteAsync();
        return report;
    }

    private static async Task<SaveReport> InspectAsync(TmemHost host, TmemClient client)
    {
        var pipe = new Pipe();
        Task<SaveReport> saving = SaveStream.SaveAsync(client, pipe.Writer);
        await SaveStream.InspectAsync(pipe.Reader);
        return await saving;
    }

    private static async Task<SaveReport> MoveAsync(TmemHost host, TmemClient client)
    {
        using var other = new TmemHost(host.Options);
        (Socket left, Socket right) = await ConnectAsync();
        using (left)
        using (right)
        {
            Task<SaveReport> sending = Task.Run(() => ClientMigration.SendAsync(client, new Side(left)));
            await ClientMigration.ReceiveAsync(other, new Side(right));
            return await sending;
        }
    }

    private static async Task<(Socket Left, Socket Right)> ConnectAsync()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await left.ConnectAsync(new UnixDomainSocketEndPoint(path));
        Socket right = await listener.AcceptAsync();
        File.Delete(path);
        return (left, right);
    }

    private static TmemHostOptions HostOptions(int pages) =>
        new() { CapacityBytes = ((long)pages * TmemPool.PageBytes) + ((long)pages * 512) + (64L << 20) };

    private static void Fill(PersistentPool pool, int pages)
    {
        var page = new byte[TmemPool.PageBytes];
        new Random(1).NextBytes(page);
        for (int number = 0; number < pages; number++)
        {
            FilledStore.Stamp(page, number);
            Require(pool.Put(FilledStore.ObjectOf(number), FilledStore.IndexOf(number), page) == PutResult.Stored);
        }
    }

    /// <summary>Pages that a core copies in a second, from memory that is in no cache into a buffer that is.</summary>
    private static double CopiedPerSecond(BenchOptions options)
    {
        using var host = new TmemHost(HostOptions(options.Pages));
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        Fill(pool, options.Pages);
        var buffer = new byte[BufferBytes];
        var perSecond = new double[Math.Max(options.Rounds, 3)];
        for (int round = 0; round < perSecond.Length; round++)
        {
            long begin = Stopwatch.GetTimestamp();
            for (int frame = 0; frame < options.Pages; frame++)
            {
                host.Store.Frame((uint)frame).CopyTo(buffer.AsSpan(frame % (BufferBytes / TmemPool.PageBytes) * TmemPool.PageBytes));
            }

            perSecond[round] = options.Pages / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }

        return Paired.Median(perSecond);
    }

    private static void Require(bool isRight)
    {
        if (!isRight)
        {
            throw new InvalidDataException("An operation gave a wrong answer.");
        }
    }

    /// <summary>One end of a socket as a pipe in two directions, with buffers of many pages: the default ones hold one.</summary>
    private sealed class Side : IDuplexPipe
    {
        public Side(Socket socket)
        {
            var stream = new NetworkStream(socket);
            Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes, minimumReadSize: BufferBytes / 4));
            Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: BufferBytes));
        }

        public PipeReader Input { get; }

        public PipeWriter Output { get; }
    }

    /// <summary>A thread that puts over pages and gets them, at random and in turns, until the pool refuses or it is told to stop.</summary>
    private sealed class Load : IDisposable
    {
        private readonly PersistentPool _pool;
        private readonly int _pages;
        private readonly Thread? _thread;
        private volatile bool _isOver;
        private long _operations;

        public Load(PersistentPool pool, int pages, bool isWanted)
        {
            _pool = pool;
            _pages = pages;
            if (isWanted)
            {
                _thread = new Thread(Run) { IsBackground = true };
                _thread.Start();
                SpinWait.SpinUntil(() => Volatile.Read(ref _operations) > 1000);
            }
        }

        public long Stop()
        {
            Dispose();
            return _operations;
        }

        public void Dispose()
        {
            _isOver = true;
            _thread?.Join();
        }

        private void Run()
        {
            var random = new Random(2);
            var page = new byte[TmemPool.PageBytes];
            bool isHere = true;
            while (isHere && !_isOver)
            {
                int number = random.Next(_pages);
                isHere = number % 2 == 0
                    ? _pool.Get(FilledStore.ObjectOf(number), FilledStore.IndexOf(number), page) == GetResult.Hit
                    : _pool.Put(FilledStore.ObjectOf(number), FilledStore.IndexOf(number), page) == PutResult.Stored;
                Volatile.Write(ref _operations, _operations + 1);
            }
        }
    }
}
