using System.Runtime.CompilerServices;
using TmemCore.Abi;

namespace TmemCore.Benchmarks.Marshalers;

/// <summary>The one layout that the code written by hand speaks, and the checks it makes: those of the generated code.</summary>
internal static class Layout
{
    /// <summary>How long an op is.</summary>
    public const int Bytes = 56;

    /// <summary>How many ops one call of a piece of work handles: with the bytes they fit the first cache.</summary>
    public const int Ops = 256;

    private const int Index = 2 * (int)AbiGeneration.V1Hypercall;

    public static TmemAbi Abi { get; } = new(AbiGeneration.V1Hypercall);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds(TmemAbi abi, int lengthBytes) => abi.Index == Index && lengthBytes >= Bytes;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Throw(TmemAbi abi, int lengthBytes)
    {
        if (abi.Index != Index)
        {
            AbiThrow.NotInAbi("The op", abi);
        }

        AbiThrow.TooShort("The op", Bytes, lengthBytes);
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Refusal(TmemAbi abi) => abi.Index == Index ? AbiResults.Fault : AbiResults.NotImplemented;
}
