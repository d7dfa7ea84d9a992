namespace TmemCore.Benchmarks.Marshalers;

/// <summary>The work for one op done in one way. As all types are structs, each way gets machine code of its own.</summary>
internal sealed class OpWork<TOp, TCodec, TDispatcher> : Work
    where TOp : struct, IEquatable<TOp>
    where TCodec : struct, ICodec<TOp>
    where TDispatcher : struct, IDispatcher
{
    private const int Stride = 64;

    private readonly TOp[] _ops;
    private readonly TOp[] _read = new TOp[Layout.Ops];
    private readonly byte[] _bytes = new byte[Layout.Ops * Stride];

    public OpWork(TOp[] ops)
    {
        _ops = ops;
        Array.Fill(_bytes, (byte)0xEE);
        if (Encode() != Layout.Ops * Layout.Bytes || Decode() != Layout.Ops || !_read.AsSpan().SequenceEqual(_ops))
        {
            throw new InvalidDataException($"{typeof(TCodec)} does not read what it wrote.");
        }
    }

    public override ReadOnlySpan<byte> Bytes => _bytes;

    public override long Encode()
    {
        long sum = 0;
        for (int i = 0; i < Layout.Ops; i++)
        {
            sum += TCodec.Write(in _ops[i], Layout.Abi, _bytes.AsSpan(i * Stride, Stride));
        }

        return sum;
    }

    public override long Decode()
    {
        long sum = 0;
        for (int i = 0; i < Layout.Ops; i++)
        {
            sum += TCodec.TryRead(Layout.Abi, _bytes.AsSpan(i * Stride, Stride), out _read[i]) ? 1 : 0;
        }

        return sum;
    }

    public override long Dispatch()
    {
        long sum = 0;
        for (int i = 0; i < Layout.Ops; i++)
        {
            sum += TDispatcher.Dispatch(Layout.Abi, _bytes.AsSpan(i * Stride, Stride), default);
        }

        return sum;
    }
}
