using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

/// <summary>The code of the generator, under the interfaces of the benchmark.</summary>
internal static class Generated
{
    internal readonly struct NewPoolCode : ICodec<NewPoolOp>
    {
        public static int Write(in NewPoolOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out NewPoolOp value) => NewPoolOp.TryRead(abi, source, out value);
    }

    internal readonly struct DestroyPoolCode : ICodec<DestroyPoolOp>
    {
        public static int Write(in DestroyPoolOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out DestroyPoolOp value) => DestroyPoolOp.TryRead(abi, source, out value);
    }

    internal readonly struct NewPageCode : ICodec<NewPageOp>
    {
        public static int Write(in NewPageOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out NewPageOp value) => NewPageOp.TryRead(abi, source, out value);
    }

    internal readonly struct PutPageCode : ICodec<PutPageOp>
    {
        public static int Write(in PutPageOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out PutPageOp value) => PutPageOp.TryRead(abi, source, out value);
    }

    internal readonly struct GetPageCode : ICodec<GetPageOp>
    {
        public static int Write(in GetPageOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out GetPageOp value) => GetPageOp.TryRead(abi, source, out value);
    }

    internal readonly struct FlushPageCode : ICodec<FlushPageOp>
    {
        public static int Write(in FlushPageOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out FlushPageOp value) => FlushPageOp.TryRead(abi, source, out value);
    }

    internal readonly struct FlushObjectCode : ICodec<FlushObjectOp>
    {
        public static int Write(in FlushObjectOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out FlushObjectOp value) => FlushObjectOp.TryRead(abi, source, out value);
    }

    internal readonly struct ReadCode : ICodec<ReadOp>
    {
        public static int Write(in ReadOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out ReadOp value) => ReadOp.TryRead(abi, source, out value);
    }

    internal readonly struct WriteCode : ICodec<WriteOp>
    {
        public static int Write(in WriteOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out WriteOp value) => WriteOp.TryRead(abi, source, out value);
    }

    internal readonly struct XchgCode : ICodec<XchgOp>
    {
        public static int Write(in XchgOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out XchgOp value) => XchgOp.TryRead(abi, source, out value);
    }

    internal readonly struct AuthCode : ICodec<AuthOp>
    {
        public static int Write(in AuthOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out AuthOp value) => AuthOp.TryRead(abi, source, out value);
    }

    internal readonly struct RestoreNewCode : ICodec<RestoreNewOp>
    {
        public static int Write(in RestoreNewOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out RestoreNewOp value) => RestoreNewOp.TryRead(abi, source, out value);
    }

    internal readonly struct ListCode : ICodec<ListOp>
    {
        public static int Write(in ListOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out ListOp value) => ListOp.TryRead(abi, source, out value);
    }

    internal readonly struct SetCapCode : ICodec<SetCapOp>
    {
        public static int Write(in SetCapOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out SetCapOp value) => SetCapOp.TryRead(abi, source, out value);
    }

    internal readonly struct SaveGetNextPageCode : ICodec<SaveGetNextPageOp>
    {
        public static int Write(in SaveGetNextPageOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out SaveGetNextPageOp value) => SaveGetNextPageOp.TryRead(abi, source, out value);
    }

    internal readonly struct RestorePutPageCode : ICodec<RestorePutPageOp>
    {
        public static int Write(in RestorePutPageOp op, TmemAbi abi, Span<byte> destination) => op.Write(abi, destination);

        public static bool TryRead(TmemAbi abi, ReadOnlySpan<byte> source, out RestorePutPageOp value) => RestorePutPageOp.TryRead(abi, source, out value);
    }

    internal readonly struct GuestOps : IDispatcher
    {
        public static long Dispatch(TmemAbi abi, ReadOnlySpan<byte> op, SummingHandler handler) =>
            Abi.GuestOps.Dispatch(abi, op, handler);
    }

    internal readonly struct ControlOps : IDispatcher
    {
        public static long Dispatch(TmemAbi abi, ReadOnlySpan<byte> op, SummingHandler handler) =>
            Abi.ControlOps.Dispatch(abi, op, handler);
    }
}
