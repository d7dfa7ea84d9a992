namespace TmemCore.Server.Nbd;

/// <summary>Kinds of what may be told of an export in the handshake.</summary>
internal enum NbdInfo : ushort
{
    Export = 0,
    Name = 1,
    Description = 2,
    BlockSize = 3,
}
