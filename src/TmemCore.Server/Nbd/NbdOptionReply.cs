namespace TmemCore.Server.Nbd;

/// <summary>What a server answers in the handshake. The highest bit is set in errors.</summary>
internal enum NbdOptionReply : uint
{
    None = 0,
    Ack = 1,
    Server = 2,
    Info = 3,
    MetaContext = 4,
    Unsupported = Error + 1,
    Policy = Error + 2,
    Invalid = Error + 3,
    Unknown = Error + 6,
    TooBig = Error + 9,
    Error = 1u << 31,
}
