using System.Buffers.Binary;
using TmemCore.Store;

namespace TmemCore.Migration;

/// <summary>A pool, as the stream carries it.</summary>
/// <param name="Id">The pool id.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Uuid">The name that it was made with.</param>
/// <param name="Compression">Its own codec; null to follow the client.</param>
internal readonly record struct PoolImage(int Id, PoolKind Kind, PoolUuid Uuid, PageCompression? Compression)
{
    public bool IsPersistent => Kind == PoolKind.Persistent;

    /// <summary>Writes the payload of a record.</summary>
    /// <returns>Its bytes.</returns>
    public int Write(Span<byte> payload)
    {
        payload = payload[..SaveStreamFormat.PoolBytes];
        payload.Clear();
        payload[0] = (byte)Id;
        payload[1] = (byte)Kind;
        payload[2] = ClientImage.CompressionNumber(Compression);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], Uuid.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[16..], Uuid.High);
        return SaveStreamFormat.PoolBytes;
    }

    /// <summary>Reads the payload of a record, whose length is that of its type.</summary>
    /// <exception cref="SaveStreamException">A field is wrong.</exception>
    public static PoolImage Read(ReadOnlySpan<byte> payload, long position)
    {
        int id = ReadId(payload[0], position);
        var kind = (PoolKind)payload[1];
        if (kind is not (PoolKind.Ephemeral or PoolKind.Persistent or PoolKind.Shared or PoolKind.Retaining))
        {
            throw new SaveStreamException(SaveStreamFault.Value, position, $"pool {id} is of kind {payload[1]}; there are 0, 1, 2 and 4.");
        }

        if (payload[3..8].ContainsAnyExcept((byte)0))
        {
            throw new SaveStreamException(SaveStreamFault.Unsupported, position, $"what must be 0 in the record of pool {id} is not.");
        }

        var uuid = new PoolUuid(BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]), BinaryPrimitives.ReadUInt64LittleEndian(payload[16..]));
        if (kind == PoolKind.Shared && uuid == PoolUuid.Private)
        {
            throw new SaveStreamException(SaveStreamFault.Value, position, $"pool {id} is shared under the uuid that never names a shared pool.");
        }

        return new PoolImage(id, kind, uuid, ClientImage.ReadCompression(payload[2], position));
    }

    /// <summary>Throws when there can be no such pool id.</summary>
    /// <exception cref="SaveStreamException">There can be none.</exception>
    public static int ReadId(byte id, long position) => id < ClientRecord.PoolSlots
        ? id
        : throw new SaveStreamException(SaveStreamFault.Value, position, $"a pool id is {id}; it may be 0 to {ClientRecord.PoolSlots - 1}.");
}
