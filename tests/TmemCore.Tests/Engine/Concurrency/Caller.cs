using System.Runtime.InteropServices;
using TmemCore.Store;

namespace TmemCore.Tests.Engine.Concurrency;

/// <summary>A pool that threads work on, from its making to its end, and the calls on each of its handles.</summary>
internal sealed class StagedPool(TmemPool[] faces, PoolKind kind, int number)
{
    public const int Handles = 6;

    /// <summary>The pool as each of the clients that share it sees it.</summary>
    public TmemPool[] Faces { get; } = faces;

    public PoolKind Kind { get; } = kind;

    public int Number { get; } = number;

    public PageRules Rules => new(Kind != PoolKind.Persistent, Kind == PoolKind.Ephemeral);

    /// <summary>When its destruction was asked for, and when it was over.</summary>
    public long EndInvoked { get; set; } = long.MaxValue;

    public long EndReturned { get; set; } = long.MaxValue;

    /// <summary>Handles of three objects; two of each lie in different leaves.</summary>
    public static (ObjectId Object, uint Index) HandleOf(int handle) => ((ulong)(handle % 3), (uint)(handle / 3) * 64);
}

/// <summary>One thread's part: it calls, and notes what came back. Pages carry their handle and version in every word.</summary>
internal sealed class Caller(int thread, int seed, Func<long> clock)
{
    private readonly Random _random = new(seed);
    private readonly ulong[] _words = new ulong[TmemPool.PageBytes / sizeof(ulong)];
    private ulong _version;

    public List<(StagedPool Pool, int Handle, CallRecord Call)> Calls { get; } = [];

    /// <summary>What was wrong with a page by itself: torn, or another handle's.</summary>
    public List<string> Torn { get; } = [];

    public void CallOnce(StagedPool pool)
    {
        int handle = _random.Next(StagedPool.Handles);
        TmemPool face = pool.Faces[_random.Next(pool.Faces.Length)];
        CallKind kind = _random.Next(10) switch
        {
            < 4 => CallKind.Put,
            < 8 => CallKind.Get,
            8 => CallKind.Flush,
            _ => CallKind.PutUnreadable,
        };
        ulong version = kind == CallKind.Put ? (((ulong)thread + 1) << 32) | ++_version : 0;
        long invoked = clock();
        (CallAnswer answer, ulong found) = kind switch
        {
            CallKind.Put => (AnswerOf(Put(face, pool, handle, version)), version),
            CallKind.PutUnreadable => (AnswerOf(PutUnreadable(face, handle)), 0UL),
            CallKind.Flush => (AnswerOf(Flush(face, handle)), 0UL),
            _ => Get(face, pool, handle),
        };
        long returned = clock();
        Calls.Add((pool, handle, new CallRecord(thread, kind, answer, found, invoked, returned)));
    }

    /// <summary>By version the page is of one word, can be made much smaller, or cannot.</summary>
    private void Fill(ulong word)
    {
        for (int i = 0; i < _words.Length; i++)
        {
            _words[i] = WordAt(word, i);
        }
    }

    private bool IsWhole()
    {
        for (int i = 1; i < _words.Length; i++)
        {
            if (_words[i] != WordAt(_words[0], i))
            {
                return false;
            }
        }

        return true;
    }

    private static ulong WordAt(ulong word, int place) => place == 0 ? word : (word % 3) switch
    {
        0 => word,
        1 => word + (ulong)(place / 32),
        _ => (word + (ulong)place) * 0x9E37_79B9_7F4A_7C15,
    };

    private static ulong WordOf(StagedPool pool, int handle) => ((ulong)pool.Number << 48) | ((ulong)handle << 40);

    private PutResult Put(TmemPool face, StagedPool pool, int handle, ulong version)
    {
        (ObjectId id, uint index) = StagedPool.HandleOf(handle);
        Fill(WordOf(pool, handle) ^ version);
        ReadOnlySpan<byte> page = MemoryMarshal.AsBytes(_words.AsSpan());
        if (face is PersistentPool persistent)
        {
            return persistent.Put(id, index, page);
        }

        ((DroppablePool)face).TryPut(id, index, page, out PutResult result);
        return result;
    }

    private static PutResult PutUnreadable(TmemPool face, int handle)
    {
        (ObjectId id, uint index) = StagedPool.HandleOf(handle);
        var source = default(UnreadableSource);
        if (face is PersistentPool persistent)
        {
            return persistent.Put(id, index, ref source);
        }

        ((DroppablePool)face).TryPut(id, index, ref source, out PutResult result);
        return result;
    }

    private FlushResult Flush(TmemPool face, int handle)
    {
        (ObjectId id, uint index) = StagedPool.HandleOf(handle);
        return face.FlushPage(id, index);
    }

    private (CallAnswer Answer, ulong Version) Get(TmemPool face, StagedPool pool, int handle)
    {
        (ObjectId id, uint index) = StagedPool.HandleOf(handle);
        Span<byte> buffer = MemoryMarshal.AsBytes(_words.AsSpan());
        GetResult result = face switch
        {
            EphemeralPool ephemeral => ephemeral.Take(id, index, buffer),
            RetainingPool retaining => retaining.Get(id, index, buffer),
            SharedEphemeralPool shared => shared.Get(id, index, buffer),
            _ => ((PersistentPool)face).Get(id, index, buffer),
        };
        if (result != GetResult.Hit)
        {
            return (result == GetResult.Unavailable ? CallAnswer.Unavailable : CallAnswer.Miss, 0);
        }

        if (!IsWhole())
        {
            Torn.Add($"Page {handle} of pool {pool.Number} is torn.");
        }

        return (CallAnswer.Hit, _words[0] ^ WordOf(pool, handle));
    }

    private static CallAnswer AnswerOf(PutResult result) => result switch
    {
        PutResult.Stored => CallAnswer.Stored,
        PutResult.OutOfMemory or PutResult.Frozen => CallAnswer.RefusedAbsent,
        PutResult.Unavailable => CallAnswer.Unavailable,
        _ => CallAnswer.RefusedDropped,
    };

    private static CallAnswer AnswerOf(FlushResult result) =>
        result == FlushResult.Unavailable ? CallAnswer.Unavailable : CallAnswer.Flushed;
}
