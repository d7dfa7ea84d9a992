using TmemCore.Hypercalls;

namespace TmemCore.Tests.Hypercalls;

/// <summary>A port that answers as it is told, and remembers the ops.</summary>
internal sealed class ScriptedPort(Func<OpFields, long> answer) : IHypercallPort
{
    public List<OpFields> Calls { get; } = [];

    public long Call(HypercallNumber number, HypercallArgument argument)
    {
        _ = XenOpBytes.TryRead(number, argument.Bytes, out OpFields fields);
        Calls.Add(fields);
        return answer(fields);
    }
}
