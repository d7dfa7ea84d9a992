using Microsoft.CodeAnalysis;

namespace TmemCore.Analyzers.Pinning;

/// <summary>What somebody outside the garbage collector does with an address it is given.</summary>
/// <param name="Name">The place the address gets to, for messages.</param>
/// <param name="MinimumBytes">How many bytes it touches at least; 0 where unknown.</param>
/// <param name="IsWritten">Whether it writes.</param>
/// <param name="IsMarked">Whether somebody said that this is a buffer; otherwise it is a parameter of a native call.</param>
/// <param name="IsKept">Whether it goes on using the memory when the call has returned.</param>
internal sealed record Watch(string Name, int MinimumBytes, bool IsWritten, bool IsMarked, bool IsKept = false)
{
    public static Watch Native(IParameterSymbol parameter) =>
        new(parameter.ContainingSymbol.Name, 0, IsWritten: false, IsMarked: false);
}
