using System.Buffers;
using System.IO.Pipelines;
using TmemCore.Migration;
using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>However many pages a client has, the memory that moves them is the same.</summary>
public sealed class MigrationMemoryTests
{
    private const long MostBytes = 4 * Hosts.Mebibyte;

    private static readonly TmemHostOptions s_options = Hosts.Small with { CapacityBytes = 64 * Hosts.Mebibyte };

    [Fact]
    public async Task Pages_leave_nothing_on_the_heap()
    {
        using var host = new TmemHost(s_options);
        SampleClient few = SampleClient.Create(host, 250, PageCompression.Lz4, PageCompression.Zstandard);
        SampleClient many = SampleClient.Create(host, 2000, PageCompression.Lz4, PageCompression.Zstandard);
        long pages = many.PageCount - few.PageCount;
        byte[] fewBytes = await SavedBytes.SaveAsync(few.Client);
        byte[] manyBytes = await SavedBytes.SaveAsync(many.Client);
        long saving = Measure(() => SaveToNowhereAsync(many.Client)) - Measure(() => SaveToNowhereAsync(few.Client));
        long inspecting = Measure(() => SavedBytes.InspectAsync(manyBytes)) - Measure(() => SavedBytes.InspectAsync(fewBytes));

        // An object for each page would take 24 bytes at least. A batch of pages may leave one where the compiler makes objects of asynchronous
        // methods, as it does when it does not optimize.
        Assert.InRange(saving, long.MinValue, 8 * pages);
        Assert.InRange(inspecting, long.MinValue, 8 * pages);
    }

    [Fact]
    public async Task Both_sides_hold_less_than_four_mebibytes()
    {
        using var host = new TmemHost(s_options);
        using var other = new TmemHost(s_options);
        SampleClient sample = SampleClient.Create(host, 3000, PageCompression.None);
        using var memory = new CountingMemory();
        var options = new PipeOptions(memory, useSynchronizationContext: false);
        var forth = new Pipe(options);
        var back = new Pipe(options);

        Task<SaveReport> sending = ClientMigration.SendAsync(sample.Client, new Side(back.Reader, forth.Writer));
        TmemClient moved = await ClientMigration.ReceiveAsync(other, new Side(forth.Reader, back.Writer));
        await sending;

        sample.Of(moved).RequirePages(moved);
        Assert.InRange(memory.MostBytes, SaveStreamFormat.LargestRecordBytes, MostBytes);
    }

    private static async Task SaveToNowhereAsync(TmemClient client)
    {
        PipeWriter writer = PipeWriter.Create(Stream.Null);
        await SaveStream.SaveAsync(client, writer);
        await writer.CompleteAsync();
    }

    /// <summary>
    /// What this thread allocates while a task runs that does not wait for anything: the least of several times, since shared buffers are made anew
    /// when a collection has dropped them.
    /// </summary>
    private static long Measure(Func<Task> start)
    {
        long least = long.MaxValue;
        for (int time = 0; time < 5; time++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Task task = start();
            Assert.True(task.IsCompletedSuccessfully);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private sealed record Side(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Arrays, and how many of their bytes are out at the same time at most.</summary>
    private sealed class CountingMemory : MemoryPool<byte>
    {
        private long _bytes;

        public long MostBytes { get; private set; }

        public override int MaxBufferSize => int.MaxValue;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            var block = new Block(this, Math.Max(minBufferSize, 4096));
            MostBytes = Math.Max(MostBytes, Interlocked.Add(ref _bytes, block.Memory.Length));
            return block;
        }

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Block(CountingMemory memory, int bytes) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = new byte[bytes];

            public void Dispose() => Interlocked.Add(ref memory._bytes, -Memory.Length);
        }
    }
}
