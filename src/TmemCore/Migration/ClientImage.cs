using System.Buffers.Binary;
using System.Text;
using TmemCore.Store;

namespace TmemCore.Migration;

/// <summary>A client's settings, as the stream carries them.</summary>
/// <param name="Id">The id that it has where it is saved.</param>
/// <param name="Name">The name for people.</param>
/// <param name="Weight">The weight, of the whole range that the ABI allows.</param>
/// <param name="CapBytes">What its ephemeral pages may take; 0 for no limit.</param>
/// <param name="AllowanceBytes">What its persistent pages may take.</param>
/// <param name="ReservationBytes">What is kept free for them.</param>
/// <param name="Compression">Its own codec; null to follow the host.</param>
/// <param name="Compresses">Whether its new pages are made smaller.</param>
/// <param name="IsFrozen">Whether it is frozen.</param>
internal sealed record ClientImage(
    int Id,
    string Name,
    uint Weight,
    long CapBytes,
    long AllowanceBytes,
    long ReservationBytes,
    PageCompression? Compression,
    bool Compresses,
    bool IsFrozen)
{
    private const byte FrozenFlag = 1;
    private const byte CompressFlag = 2;

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>What a client is now; the control lock is held.</summary>
    public static ClientImage Of(TmemClient client)
    {
        ref ClientRecord record = ref client.Host.Store.Client(client.Slots.Number);
        return new ClientImage(
            client.Id,
            client.Name,
            record.Weight,
            record.CapBytes,
            record.AllowanceBytes,
            record.ReservationBytes,
            record.Compression.Value,
            (record.Flags & ClientFlags.Compress) != 0,
            (record.Flags & ClientFlags.Frozen) != 0);
    }

    /// <summary>Writes the payload of a record.</summary>
    /// <returns>Its bytes.</returns>
    public int Write(Span<byte> payload)
    {
        int nameBytes = s_strict.GetBytes(Name, payload[SaveStreamFormat.ClientBytes..]);
        BinaryPrimitives.WriteInt32LittleEndian(payload, Id);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[4..], Weight);
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], CapBytes);
        BinaryPrimitives.WriteInt64LittleEndian(payload[16..], AllowanceBytes);
        BinaryPrimitives.WriteInt64LittleEndian(payload[24..], ReservationBytes);
        payload[32] = CompressionNumber(Compression);
        payload[33] = (byte)((IsFrozen ? FrozenFlag : 0) | (Compresses ? CompressFlag : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(payload[34..], (ushort)nameBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[36..], 0);
        return SaveStreamFormat.ClientBytes + nameBytes;
    }

    /// <summary>Reads the payload of a record, whose length is that of its type.</summary>
    /// <exception cref="SaveStreamException">A field is wrong.</exception>
    public static ClientImage Read(ReadOnlySpan<byte> payload, long position)
    {
        byte flags = payload[33];
        int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(payload[34..]);
        if ((flags & ~(FrozenFlag | CompressFlag)) != 0 || BinaryPrimitives.ReadUInt32LittleEndian(payload[36..]) != 0)
        {
            throw new SaveStreamException(SaveStreamFault.Unsupported, position, $"the flags of the client are 0x{flags:x2}, or what must be 0 is not.");
        }

        if (nameBytes != payload.Length - SaveStreamFormat.ClientBytes)
        {
            throw new SaveStreamException(
                SaveStreamFault.Length, position, $"the client's name has {nameBytes} bytes, and {payload.Length - SaveStreamFormat.ClientBytes} are there.");
        }

        var image = new ClientImage(
            BinaryPrimitives.ReadInt32LittleEndian(payload),
            ReadName(payload[SaveStreamFormat.ClientBytes..], position),
            BinaryPrimitives.ReadUInt32LittleEndian(payload[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[24..]),
            ReadCompression(payload[32], position),
            (flags & CompressFlag) != 0,
            (flags & FrozenFlag) != 0);
        try
        {
            image.Terms().Validate();
        }
        catch (ArgumentException e)
        {
            throw new SaveStreamException(SaveStreamFault.Value, position, $"a setting of the client is wrong: {e.Message}", e);
        }

        return image;
    }

    /// <summary>What a client of these settings is made with; a weight beyond what options hold is set afterwards.</summary>
    public TmemClientOptions Terms() => new()
    {
        Id = Id,
        Name = Name,
        Weight = (int)Math.Min(Weight, int.MaxValue),
        EphemeralCapBytes = CapBytes,
        PersistentAllowanceBytes = AllowanceBytes,
        PersistentReservationBytes = ReservationBytes,
        Compression = Compression,
    };

    /// <summary>Whether what never changes in a client's life is the same.</summary>
    public bool IsOfSameClient(ClientImage other) =>
        Id == other.Id && Name == other.Name && AllowanceBytes == other.AllowanceBytes && ReservationBytes == other.ReservationBytes;

    /// <summary>Throws when the name does not fit into a record.</summary>
    /// <exception cref="InvalidOperationException">It is too long, or no text.</exception>
    public void RequireName()
    {
        try
        {
            int bytes = s_strict.GetByteCount(Name);
            if (bytes > SaveStreamFormat.MostNameBytes)
            {
                throw new InvalidOperationException(
                    $"The name of client {Id} has {bytes:N0} bytes; a saved client's may have {SaveStreamFormat.MostNameBytes:N0}.");
            }
        }
        catch (EncoderFallbackException e)
        {
            throw new InvalidOperationException($"The name of client {Id} has half of a character that takes two; it cannot be saved.", e);
        }
    }

    /// <summary>A setting as one byte: 0 for none.</summary>
    public static byte CompressionNumber(PageCompression? compression) => (byte)(compression is PageCompression value ? (int)value + 1 : 0);

    /// <summary>The setting of a byte.</summary>
    /// <exception cref="SaveStreamException">There is no such setting.</exception>
    public static PageCompression? ReadCompression(byte number, long position)
    {
        var compression = (PageCompression)(number - 1);
        return number == 0 ? null
            : Enum.IsDefined(compression) ? compression
            : throw new SaveStreamException(
                SaveStreamFault.Value, position, $"a compression is number {number}; there are 0 to {Enum.GetValues<PageCompression>().Length}.");
    }

    private static string ReadName(ReadOnlySpan<byte> bytes, long position)
    {
        try
        {
            return s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new SaveStreamException(SaveStreamFault.Value, position, "the client's name is not UTF-8.", e);
        }
    }
}
