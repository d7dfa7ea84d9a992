using System.Buffers.Binary;

namespace TmemCore.Tool.Simulation;

/// <summary>
/// A trace of libCacheSim in its form oracleGeneral: records of 24 bytes, least byte first, with the time in 32 bits, the
/// object in 64, its size in 32, and the number of the request that wants it next in 64, negative or the largest number when
/// there is none. Times and sizes mean nothing here.
/// </summary>
internal sealed class OracleGeneralTrace(TraceInput input) : BlockTrace(input)
{
    private const int RecordBytes = 24;
    private const int ObjectOffset = 4;
    private const int NextAccessOffset = 16;

    /// <inheritdoc/>
    public override bool TellsNextAccess => true;

    /// <inheritdoc/>
    public override BlockTraceFormat Format => BlockTraceFormat.OracleGeneral;

    /// <inheritdoc/>
    public override bool TryRead(out BlockAccess access)
    {
        if (!Input.TryReadRecord(RecordBytes, out ReadOnlySpan<byte> record))
        {
            access = default;
            return false;
        }

        long next = BinaryPrimitives.ReadInt64LittleEndian(record[NextAccessOffset..]);
        access = new BlockAccess(BinaryPrimitives.ReadUInt64LittleEndian(record[ObjectOffset..]), next < 0 ? BlockAccess.Never : next);
        return true;
    }
}
