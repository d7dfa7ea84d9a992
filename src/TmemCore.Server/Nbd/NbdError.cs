namespace TmemCore.Server.Nbd;

/// <summary>What may be wrong with a request: the error numbers that the protocol allows.</summary>
internal enum NbdError : uint
{
    None = 0,
    NotPermitted = 1,
    InputOutput = 5,
    Invalid = 22,
    NoSpace = 28,
    Overflow = 75,
    NotSupported = 95,
    Shutdown = 108,
}
