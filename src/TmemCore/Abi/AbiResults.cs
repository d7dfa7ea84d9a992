using TmemCore.Hypercalls;

namespace TmemCore.Abi;

/// <summary>The answers a generated dispatcher gives by itself, before a handler is asked.</summary>
public static class AbiResults
{
    /// <summary>The bytes end before the op does (EFAULT).</summary>
    public const long Fault = -Errno.EFAULT;

    /// <summary>The family of ops does not exist in the generation spoken (ENOSYS).</summary>
    public const long NotImplemented = -Errno.ENOSYS;
}
