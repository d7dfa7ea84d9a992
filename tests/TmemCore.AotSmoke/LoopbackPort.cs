using TmemCore.Abi;

namespace TmemCore.AotSmoke;

/// <summary>Hands the bytes that the call stubs write to the dispatcher.</summary>
internal readonly struct LoopbackPort(TmemAbi abi, GuestHandler handler) : IOpPort
{
    public long Call(ReadOnlySpan<byte> op) => GuestOps.Dispatch(abi, op, handler);
}
