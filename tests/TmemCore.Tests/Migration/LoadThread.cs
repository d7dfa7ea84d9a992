using System.Buffers.Binary;
using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>
/// A thread that puts, puts over, flushes and gets pages of its own, each in a fixed order, so that what its pages are tells how far it had come. Each page
/// also tells how far another thread had come when it was put: an image of one instant has that one at least as far.
/// </summary>
internal sealed class LoadThread
{
    /// <summary>No divisor of any count of pages here: it is another page's turn each time.</summary>
    private const int OperationsPerFlush = 11;

    private readonly PersistentPool _pool;
    private readonly int _number;
    private readonly int _pages;
    private readonly LoadThread? _watched;
    private readonly long?[] _model;
    private readonly Thread _thread;
    private long _done;
    private bool _isStopped;
    private string? _problem;

    public LoadThread(PersistentPool pool, int number, int pages, LoadThread? watched)
    {
        _pool = pool;
        _number = number;
        _pages = pages;
        _watched = watched;
        _model = new long?[pages];
        _thread = new Thread(Run);
        _thread.Start();
    }

    /// <summary>Operations that have been acknowledged.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>What the pool refused last, if it did.</summary>
    public string? Refusal { get; private set; }

    public static LoadThread[] Start(PersistentPool pool, int count, int pages)
    {
        var threads = new LoadThread[count];
        for (int i = 0; i < count; i++)
        {
            threads[i] = new LoadThread(pool, i, pages, i == 0 ? null : threads[i - 1]);
        }

        return threads;
    }

    public void AwaitDone(long operations) => SpinWait.SpinUntil(() => Done >= operations || !_thread.IsAlive);

    /// <summary>Ends the thread; throws when it has found a page that was not what it should be.</summary>
    public void Stop()
    {
        Volatile.Write(ref _isStopped, true);
        _thread.Join();
        Assert.Null(_problem);
    }

    /// <summary>Waits until the pool refuses.</summary>
    public void AwaitRefusal()
    {
        _thread.Join();
        Assert.Null(_problem);
    }

    /// <summary>Requires that a pool has exactly what has been acknowledged.</summary>
    public void RequireAll(PersistentPool pool) => Assert.Equal(Done, FindPrefix(pool, Done, Done, out _));

    /// <summary>Requires that a pool has what there was after some operation.</summary>
    /// <returns>After how many, and how far the other thread must have come by then.</returns>
    public (long Operations, long Watched) RequirePrefix(PersistentPool pool)
    {
        long operations = FindPrefix(pool, 0, long.MaxValue, out long watched);
        return (operations, watched);
    }

    private long FindPrefix(PersistentPool pool, long least, long most, out long watched)
    {
        var found = new long?[_pages];
        var buffer = new byte[TmemPool.PageBytes];
        var expected = new byte[TmemPool.PageBytes];
        long last = -1;
        watched = 0;
        for (uint i = 0; i < _pages; i++)
        {
            if (pool.Get(ObjectOf(i), i, buffer) == GetResult.Hit)
            {
                long operation = BinaryPrimitives.ReadInt64LittleEndian(buffer);
                long seen = BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(8));
                Fill(expected, operation, seen);
                Assert.True(buffer.AsSpan().SequenceEqual(expected), $"Page {i} of thread {_number} is torn.");
                found[i] = operation;
                last = Math.Max(last, operation);
                watched = Math.Max(watched, seen);
            }
        }

        // The latest that it can be: a flush of a page that is not there changes nothing.
        for (long done = Math.Min(last + 1 + _pages, most); done >= Math.Max(last + 1, least); done--)
        {
            if (Enumerable.Range(0, _pages).All(i => found[i] == LastPut(i, done)))
            {
                return done;
            }
        }

        Assert.Fail($"The pages of thread {_number} are those of no instant: its last put is {last}, {Done} operations were acknowledged.");
        return -1;
    }

    /// <summary>The operation that has put a page, after so many; null when it is not there.</summary>
    private long? LastPut(int page, long done)
    {
        long operation = done - 1 - ((done - 1 - page) % _pages);
        return done <= page || IsFlush(operation) ? null : operation;
    }

    private static bool IsFlush(long operation) => operation % OperationsPerFlush == OperationsPerFlush - 1;

    private ObjectId ObjectOf(uint page) => new((uint)_number + 1, page / 40);

    private void Fill(Span<byte> page, long operation, long seen)
    {
        Pages.FillMixed(page, (ulong)((operation * 31) + _number));
        BinaryPrimitives.WriteInt64LittleEndian(page, operation);
        BinaryPrimitives.WriteInt64LittleEndian(page[8..], seen);
        BinaryPrimitives.WriteInt32LittleEndian(page[16..], _number);
    }

    private void Run()
    {
        var page = new byte[TmemPool.PageBytes];
        try
        {
            while (!Volatile.Read(ref _isStopped) && TryStep(page))
            {
                Volatile.Write(ref _done, _done + 1);
            }
        }
        catch (ObjectDisposedException)
        {
            Refusal = nameof(ObjectDisposedException);
        }
    }

    private bool TryStep(byte[] page)
    {
        long operation = _done;
        uint index = (uint)(operation % _pages);
        if (!TryCheck(index, page))
        {
            return false;
        }

        if (IsFlush(operation))
        {
            FlushResult flushed = _pool.FlushPage(ObjectOf(index), index);
            if (flushed != FlushResult.Done)
            {
                Refusal = flushed.ToString();
                return false;
            }

            _model[index] = null;
            return true;
        }

        Fill(page, operation, _watched?.Done ?? 0);
        PutResult result = _pool.Put(ObjectOf(index), index, page);
        if (result != PutResult.Stored)
        {
            Refusal = result.ToString();
            return false;
        }

        _model[index] = operation;
        return true;
    }

    /// <summary>Gets a page, and notes when it is stale or gone.</summary>
    private bool TryCheck(uint index, byte[] page)
    {
        GetResult result = _pool.Get(ObjectOf(index), index, page);
        if (result == GetResult.Unavailable)
        {
            Refusal = result.ToString();
            return false;
        }

        long? found = result == GetResult.Hit ? BinaryPrimitives.ReadInt64LittleEndian(page) : null;
        if (found != _model[index])
        {
            _problem = $"Page {index} of thread {_number} is of operation {found}; {_model[index]} was acknowledged.";
            return false;
        }

        return true;
    }
}
