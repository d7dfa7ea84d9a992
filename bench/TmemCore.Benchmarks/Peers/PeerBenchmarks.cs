using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;

namespace TmemCore.Benchmarks.Peers;

/// <summary>Gets and puts at random keys of each store, under BenchmarkDotNet.</summary>
[Config(typeof(InProcessConfig))]
public class PeerBenchmarks
{
    private const int Entries = 1 << 18;
    private const int Operations = 4096;

    private readonly byte[] _value = GC.AllocateArray<byte>(TmemPool.PageBytes, pinned: true);
    private readonly int[] _keys = new int[Entries];
    private IPeerStore? _store;
    private int _at;

    public static IEnumerable<string> Names => PeerStores.Here;

    [ParamsSource(nameof(Names))]
    public string Store { get; set; } = PeerStores.Engine;

    [GlobalSetup]
    public void Fill()
    {
        _store = PeerStores.Make(Store, Entries);
        for (int key = 0; key < Entries; key++)
        {
            _keys[key] = key;
            Put(key);
        }

        new Random(1).Shuffle(_keys);
    }

    [GlobalCleanup]
    public void Empty() => _store!.Dispose();

    [Benchmark(OperationsPerInvoke = Operations)]
    public void Get()
    {
        for (int i = 0; i < Operations; i++)
        {
            int key = NextKey();
            if (!_store!.TryGet(key, _value) || BinaryPrimitives.ReadInt64LittleEndian(_value) != key)
            {
                throw new InvalidDataException($"{Store} gave no value {key}, or a wrong one.");
            }
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void Put()
    {
        for (int i = 0; i < Operations; i++)
        {
            Put(NextKey());
        }
    }

    private int NextKey() => _keys[_at++ & (Entries - 1)];

    private void Put(int key)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_value, key);
        _store!.Put(key, _value);
    }
}
