namespace TmemCore.Server.Nbd;

/// <summary>Kinds of pieces of a structured reply.</summary>
internal enum NbdChunkType : ushort
{
    None = 0,
    OffsetData = 1,
    OffsetHole = 2,
    BlockStatus = 5,
    Error = (1 << 15) + 1,
}
