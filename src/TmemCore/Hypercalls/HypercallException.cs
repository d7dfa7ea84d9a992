namespace TmemCore.Hypercalls;

/// <summary>A hypercall was refused where a typed method has no other way to say so.</summary>
public sealed class HypercallException : IOException
{
    internal HypercallException(long result, string what)
        : base($"{what}: {Errno.Describe(result)}.") => Result = result;

    internal HypercallException(long result, string what, string explanation)
        : base($"{what}: {Errno.Describe(result)}. {explanation}") => Result = result;

    /// <summary>What the call answered: a negated error number, see <see cref="Errno"/>.</summary>
    public long Result { get; }
}
