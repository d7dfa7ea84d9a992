using System.Buffers.Binary;
using System.Numerics;
using BenchmarkDotNet.Attributes;

namespace TmemCore.Benchmarks.Engine;

/// <summary>Each operation on pages by itself, at random pages of a host of 1 GiB, under BenchmarkDotNet: time, and bytes on the collector's heap.</summary>
[Config(typeof(InProcessConfig))]
public class EngineBenchmarks
{
    private const int Pages = 1 << 18;
    private const int PagesPerObject = 64;
    private const int Operations = 4096;
    private const int Batch = 16;

    private readonly byte[] _pages = GC.AllocateArray<byte>(Batch * TmemPool.PageBytes, pinned: true);
    private readonly PageHandle[] _handles = new PageHandle[Batch];
    private readonly GetResult[] _gets = new GetResult[Batch];
    private readonly PutResult[] _puts = new PutResult[Batch];
    private readonly int[] _order = [.. Enumerable.Range(0, Pages)];
    private TmemHost? _host;
    private PersistentPool? _pool;
    private TmemHost? _fullHost;
    private EphemeralPool? _fullPool;
    private int _at;
    private int _evicted;

    private Span<byte> Page => _pages.AsSpan(0, TmemPool.PageBytes);

    [GlobalSetup]
    public void Fill()
    {
        new Random(1).Shuffle(_order);
        _host = new TmemHost(new TmemHostOptions { CapacityBytes = (long)Pages * TmemPool.PageBytes / 8 * 9 });
        _pool = _host.CreateClient().CreatePersistentPool();
        foreach (int page in Enumerable.Range(0, Pages))
        {
            Put(page);
        }
    }

    [GlobalSetup(Target = nameof(PutThatEvicts))]
    public void FillUp()
    {
        _fullHost = new TmemHost(new TmemHostOptions { CapacityBytes = (long)Pages * TmemPool.PageBytes });
        _fullPool = _fullHost.CreateClient().CreateEphemeralPool();
        for (int i = 0; i < Pages / 8 * 9; i++)
        {
            PutNext();
        }
    }

    [GlobalCleanup]
    public void Empty()
    {
        _host?.Dispose();
        _fullHost?.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void Get()
    {
        for (int i = 0; i < Operations; i++)
        {
            int page = Next();
            Require(_pool!.Get(ObjectOf(page), IndexOf(page), Page) == GetResult.Hit && Carries(0, page));
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void GetThatMisses()
    {
        for (int i = 0; i < Operations; i++)
        {
            int page = Next();
            Require(_pool!.Get(ObjectOf(page), IndexOf(page) + PagesPerObject, Page) == GetResult.Miss);
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void GetMany()
    {
        for (int i = 0; i < Operations; i += Batch)
        {
            int first = Name();
            Require(_pool!.GetMany(_handles, _pages, _gets) == Batch);
            for (int j = 0; j < Batch; j++)
            {
                Require(Carries(j, _order[first + j]));
            }
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void PutOver()
    {
        for (int i = 0; i < Operations; i++)
        {
            Put(Next());
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void PutMany()
    {
        for (int i = 0; i < Operations; i += Batch)
        {
            int first = Name();
            for (int j = 0; j < Batch; j++)
            {
                Stamp(j, _order[first + j]);
            }

            Require(_pool!.PutMany(_handles, _pages, _puts) == Batch);
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void FlushPageAndPutNew()
    {
        for (int i = 0; i < Operations; i++)
        {
            int page = Next();
            Require(_pool!.FlushPage(ObjectOf(page), IndexOf(page)) == FlushResult.Done);
            Put(page);
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void FlushObjectAndPutItsPages()
    {
        for (int i = 0; i < Operations; i += PagesPerObject)
        {
            int first = _order[_at++ & (Pages - 1)] / PagesPerObject * PagesPerObject;
            Require(_pool!.FlushObject(ObjectOf(first)) == FlushResult.Done);
            for (int page = first; page < first + PagesPerObject; page++)
            {
                Put(page);
            }
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void PutThatEvicts()
    {
        for (int i = 0; i < Operations; i++)
        {
            PutNext();
        }
    }

    private static ObjectId ObjectOf(int page) => (ulong)page / PagesPerObject;

    private static uint IndexOf(int page) => (uint)page % PagesPerObject;

    private static void Require(bool isRight)
    {
        if (!isRight)
        {
            throw new InvalidDataException("An operation gave a wrong answer or a wrong page.");
        }
    }

    private void Stamp(int place, int page) => BinaryPrimitives.WriteInt32LittleEndian(_pages.AsSpan(place * TmemPool.PageBytes), page);

    private bool Carries(int place, int page) => BinaryPrimitives.ReadInt32LittleEndian(_pages.AsSpan(place * TmemPool.PageBytes)) == page;

    private int Next() => _order[_at++ & (Pages - 1)];

    /// <summary>Names the next pages of the order.</summary>
    /// <returns>The place of the first.</returns>
    private int Name()
    {
        int first = _at & (Pages - 1) & -Batch;
        for (int j = 0; j < Batch; j++)
        {
            _handles[j] = new PageHandle(ObjectOf(_order[first + j]), IndexOf(_order[first + j]));
        }

        _at = first + Batch;
        return first;
    }

    private void Put(int page)
    {
        Stamp(0, page);
        Require(_pool!.Put(ObjectOf(page), IndexOf(page), Page) == PutResult.Stored);
    }

    /// <summary>The next of a long row of different pages, scattered over many objects.</summary>
    private void PutNext()
    {
        uint mask = BitOperations.RoundUpToPowerOf2(Pages * 4u) - 1;
        uint key = ((uint)_evicted++ * 0x9E37_79B1) & mask;
        Stamp(0, _evicted);
        Require(_fullPool!.TryPut(key / PagesPerObject, key % PagesPerObject, Page));
    }
}
