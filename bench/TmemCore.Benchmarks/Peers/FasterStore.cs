using System.Numerics;
using FASTER.core;

namespace TmemCore.Benchmarks.Peers;

/// <summary>FASTER with keys and values as spans, all of it in memory and all of that open to change in place.</summary>
internal sealed unsafe class FasterStore : IPeerStore
{
    private const long LogPageBytes = 4 << 20;
    private const long RecordBytes = 4160;

    private readonly FasterKVSettings<SpanByte, SpanByte> _settings;
    private readonly FasterKV<SpanByte, SpanByte> _store;
    private readonly ClientSession<SpanByte, SpanByte, SpanByte, SpanByte, Empty, Functions> _client;

    public FasterStore(int entries)
    {
        ulong logBytes = BitOperations.RoundUpToPowerOf2((ulong)Math.Max(entries * RecordBytes, 8 * LogPageBytes));
        _settings = new FasterKVSettings<SpanByte, SpanByte>
        {
            LogDevice = new NullDevice(),
            MemorySize = (long)logBytes,
            PageSize = LogPageBytes,
            MutableFraction = 1,
            IndexSize = (long)BitOperations.RoundUpToPowerOf2((uint)entries) * 16,
        };
        _store = new FasterKV<SpanByte, SpanByte>(_settings);
        _client = _store.For(new Functions()).NewSession<Functions>();
    }

    public void Put(long key, ReadOnlySpan<byte> value)
    {
        SpanByte name = SpanByte.FromPointer((byte*)&key, sizeof(long));
        fixed (byte* bytes = value)
        {
            SpanByte content = SpanByte.FromPointer(bytes, value.Length);
            Status status = _client.Upsert(ref name, ref content);
            if (status.IsPending)
            {
                throw new InvalidOperationException($"FASTER put value {key} off: its log of {_settings.MemorySize:N0} bytes is too small.");
            }
        }
    }

    public bool TryGet(long key, Span<byte> value)
    {
        SpanByte name = SpanByte.FromPointer((byte*)&key, sizeof(long));
        fixed (byte* bytes = value)
        {
            SpanByte content = SpanByte.FromPointer(bytes, value.Length);
            return _client.Read(ref name, ref content).Found;
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _store.Dispose();
        _settings.Dispose();
    }

    /// <summary>Reads copy into the caller's own bytes.</summary>
    private sealed class Functions : SpanByteFunctions<SpanByte, SpanByte, Empty>
    {
        public override bool SingleReader(ref SpanByte key, ref SpanByte input, ref SpanByte value, ref SpanByte dst, ref ReadInfo readInfo)
        {
            value.AsReadOnlySpan().CopyTo(dst.AsSpan());
            return true;
        }

        public override bool ConcurrentReader(ref SpanByte key, ref SpanByte input, ref SpanByte value, ref SpanByte dst, ref ReadInfo readInfo)
        {
            value.AsReadOnlySpan().CopyTo(dst.AsSpan());
            return true;
        }
    }
}
