using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace TmemCore.Abi;

/// <summary>The errors of generated writers, in one place. Not meant to be called by hand.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class AbiThrow
{
    /// <summary>The generation does not have the structure or op.</summary>
    /// <param name="type">The structure or op.</param>
    /// <param name="abi">The generation and word size asked for.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    [DoesNotReturn]
    public static void NotInAbi(string type, TmemAbi abi) =>
        throw new NotSupportedException($"{type} does not exist in {abi}; choose a generation that has it.");

    /// <summary>The destination is shorter than the structure or op.</summary>
    /// <param name="type">The structure or op.</param>
    /// <param name="neededBytes">How long it is.</param>
    /// <param name="lengthBytes">How long the destination is.</param>
    /// <exception cref="ArgumentException">Always.</exception>
    [DoesNotReturn]
    public static void TooShort(string type, int neededBytes, int lengthBytes) =>
        throw new ArgumentException(
            $"The destination has {lengthBytes} bytes; {type} needs {neededBytes}.", "destination");

    /// <summary>The value of a member has no form in the generation or word size.</summary>
    /// <param name="member">The member.</param>
    /// <param name="value">Its value.</param>
    /// <param name="abi">The generation and word size asked for.</param>
    /// <exception cref="OverflowException">Always.</exception>
    [DoesNotReturn]
    public static void DoesNotFit(string member, ulong value, TmemAbi abi) =>
        throw new OverflowException($"{member} is 0x{value:x}, which does not fit {abi}: it must fit 32 bits.");

    /// <summary>The object id of a member needs more words than the generation has.</summary>
    /// <param name="member">The member.</param>
    /// <param name="value">Its value.</param>
    /// <param name="abi">The generation and word size asked for.</param>
    /// <exception cref="OverflowException">Always.</exception>
    [DoesNotReturn]
    public static void DoesNotFit(string member, ObjectId value, TmemAbi abi) =>
        throw new OverflowException($"{member} is {value}, which does not fit {abi}: its upper two words must be zero.");

    /// <summary>The generation has no place for a member whose value is not the default.</summary>
    /// <param name="member">The member.</param>
    /// <param name="abi">The generation and word size asked for.</param>
    /// <exception cref="OverflowException">Always.</exception>
    [DoesNotReturn]
    public static void HasNoPlace(string member, TmemAbi abi) =>
        throw new OverflowException($"{member} has no place in {abi}: it must be left at its default.");
}
