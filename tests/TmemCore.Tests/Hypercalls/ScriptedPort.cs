using TmemCore.Abi;
using TmemCore.Hypercalls;

namespace TmemCore.Tests.Hypercalls;

/// <summary>A port that answers as it is told, and remembers the ops.</summary>
internal sealed class ScriptedPort(Func<TmemOp, long> answer) : IHypercallPort
{
    public List<TmemOp> Calls { get; } = [];

    public long Call(HypercallNumber number, HypercallArgument argument)
    {
        _ = CallBytes.TryRead(number, argument.Bytes, out TmemOp op, out _);
        Calls.Add(op);
        return answer(op);
    }
}
