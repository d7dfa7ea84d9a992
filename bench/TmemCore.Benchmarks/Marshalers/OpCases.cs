using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

/// <summary>The ops that are timed: all of the guest's, and four kinds of control.</summary>
internal static class OpCases
{
    public static IReadOnlyList<OpCase> All { get; } =
    [
        Case<NewPoolOp, Generated.NewPoolCode, Overlay.NewPoolCode, ByHand.NewPoolCode, Generated.GuestOps, Overlay.GuestOps, ByHand.GuestOps>(
            "NewPool", static i => new() { Uuid = new PoolUuid((ulong)i, 5), Flags = TmemPoolFlags.Shared }),
        Case<DestroyPoolOp, Generated.DestroyPoolCode, Overlay.DestroyPoolCode, ByHand.DestroyPoolCode, Generated.GuestOps, Overlay.GuestOps, ByHand.GuestOps>(
            "DestroyPool", static i => new() { PoolId = i & 15 }),
        Case<NewPageOp, Generated.NewPageCode, Overlay.NewPageCode, ByHand.NewPageCode, Generated.GuestOps, Overlay.GuestOps, ByHand.GuestOps>(
            "NewPage", static i => new() { PoolId = i & 15, Object = new ObjectId((ulong)i, 2, 3), Index = (uint)i }),
        Case<PutPageOp, Generated.PutPageCode, Overlay.PutPageCode, ByHand.PutPageCode, Generated.GuestOps, Overlay.GuestOps, ByHand.GuestOps>(
            "PutPage", static i => new() { PoolId = i & 15, Object = new ObjectId((ulong)i, 2, 3), Index = (uint)i, Frame = (ulong)i << 20 }),
        Case<GetPageOp, Generated.GetPageCode, Overlay.GetPageCode, ByHand.GetPageCode, Generated.GuestOps, Overlay.GuestOps, ByHand.GuestOps>(
            "GetPage", static i => new() { PoolId = i & 15, Object = new ObjectId((ulong)i, 2, 3), Index = (uint)i, Frame = (ulong)i << 20 }),
        Case<FlushPageOp, Generated.FlushPageCode, Overlay.FlushPageCode, ByHand.FlushPageCode, Generated.GuestOps, Overlay.GuestOps, ByHand.GuestOps>(
            "FlushPage", static i => new() { PoolId = i & 15, Object = new ObjectId((ulong)i, 2, 3), Index = (uint)i }),
        Case<FlushObjectOp, Generated.FlushObjectCode, Overlay.FlushObjectCode, ByHand.FlushObjectCode, Generated.GuestOps, Overlay.GuestOps, ByHand.GuestOps>(
            "FlushObject", static i => new() { PoolId = i & 15, Object = new ObjectId((ulong)i, 2, 3) }),
        Case<ReadOp, Generated.ReadCode, Overlay.ReadCode, ByHand.ReadCode, Generated.GuestOps, Overlay.GuestOps, ByHand.GuestOps>(
            "Read", static i => new() { PoolId = i & 15, Object = new ObjectId((ulong)i, 2, 3), Index = (uint)i, TmemOffset = 64, FrameOffset = 128, Length = (uint)i, Frame = (ulong)i << 20 }),
        Case<WriteOp, Generated.WriteCode, Overlay.WriteCode, ByHand.WriteCode, Generated.GuestOps, Overlay.GuestOps, ByHand.GuestOps>(
            "Write", static i => new() { PoolId = i & 15, Object = new ObjectId((ulong)i, 2, 3), Index = (uint)i, TmemOffset = 64, FrameOffset = 128, Length = (uint)i, Frame = (ulong)i << 20 }),
        Case<XchgOp, Generated.XchgCode, Overlay.XchgCode, ByHand.XchgCode, Generated.GuestOps, Overlay.GuestOps, ByHand.GuestOps>(
            "Xchg", static i => new() { PoolId = i & 15, Object = new ObjectId((ulong)i, 2, 3), Index = (uint)i, TmemOffset = 64, FrameOffset = 128, Length = (uint)i, Frame = (ulong)i << 20 }),
        Case<AuthOp, Generated.AuthCode, Overlay.AuthCode, ByHand.AuthCode, Generated.GuestOps, Overlay.GuestOps, ByHand.GuestOps>(
            "Auth", static i => new() { ClientId = (uint)i, Uuid = new PoolUuid((ulong)i, 5), Flags = 1 }),
        Case<RestoreNewOp, Generated.RestoreNewCode, Overlay.RestoreNewCode, ByHand.RestoreNewCode, Generated.GuestOps, Overlay.GuestOps, ByHand.GuestOps>(
            "RestoreNew", static i => new() { PoolId = i & 15, ClientId = (uint)i, Uuid = new PoolUuid((ulong)i, 5), Flags = TmemPoolFlags.Shared }),
        Case<ListOp, Generated.ListCode, Overlay.ListCode, ByHand.ListCode, Generated.ControlOps, Overlay.ControlOps, ByHand.ControlOps>(
            "List", static i => new() { ClientId = (uint)i, BufferBytes = 4096, LongForm = 1, Buffer = (ulong)i << 12 }),
        Case<SetCapOp, Generated.SetCapCode, Overlay.SetCapCode, ByHand.SetCapCode, Generated.ControlOps, Overlay.ControlOps, ByHand.ControlOps>(
            "SetCap", static i => new() { ClientId = (uint)i, Value = (uint)i }),
        Case<SaveGetNextPageOp, Generated.SaveGetNextPageCode, Overlay.SaveGetNextPageCode, ByHand.SaveGetNextPageCode, Generated.ControlOps, Overlay.ControlOps, ByHand.ControlOps>(
            "SaveGetNextPage", static i => new() { ClientId = (uint)i, PoolId = i & 15, BufferBytes = 4096, Buffer = (ulong)i << 12 }),
        Case<RestorePutPageOp, Generated.RestorePutPageCode, Overlay.RestorePutPageCode, ByHand.RestorePutPageCode, Generated.ControlOps, Overlay.ControlOps, ByHand.ControlOps>(
            "RestorePutPage", static i => new() { ClientId = (uint)i, PoolId = i & 15, Object = new ObjectId((ulong)i, 2, 3), Index = (uint)i, BufferBytes = 4096, Buffer = (ulong)i << 12 }),
    ];

    private static OpCase Case<TOp, TCode1, TCode2, TCode3, TDispatch1, TDispatch2, TDispatch3>(string name, Func<int, TOp> make)
        where TOp : struct, IEquatable<TOp>
        where TCode1 : struct, ICodec<TOp>
        where TCode2 : struct, ICodec<TOp>
        where TCode3 : struct, ICodec<TOp>
        where TDispatch1 : struct, IDispatcher
        where TDispatch2 : struct, IDispatcher
        where TDispatch3 : struct, IDispatcher
    {
        TOp[] ops = [.. Enumerable.Range(0, Layout.Ops).Select(make)];
        return new OpCase(
            name,
            new OpWork<TOp, TCode1, TDispatch1>(ops),
            new OpWork<TOp, TCode2, TDispatch2>(ops),
            new OpWork<TOp, TCode3, TDispatch3>(ops));
    }
}
