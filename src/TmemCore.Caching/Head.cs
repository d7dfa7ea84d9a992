using System.Buffers.Binary;

namespace TmemCore.Caching;

/// <summary>
/// What is kept of a value at index 0 of its key's object: an entry of a version, a form, lengths, a generation and a lifetime, little-endian;
/// then the key, then the value if both fit. A lifetime that there is none of takes no bytes.
/// </summary>
internal readonly record struct Head
{
    /// <summary>The longest head without a key.</summary>
    public const int MaximumHeaderBytes = FixedBytes + (3 * sizeof(long));

    private const byte Version = 1;
    private const byte FormMask = 3;
    private const byte Utf16Flag = 4;
    private const byte AbsoluteFlag = 8;
    private const byte SlidingFlag = 16;
    private const int KeyBytesAt = 2;
    private const int ValueBytesAt = 4;
    private const int GenerationAt = 8;
    private const int FixedBytes = 16;

    public HeadForm Form { get; init; }

    public bool IsKeyUtf16 { get; init; }

    public int KeyBytes { get; init; }

    public int ValueBytes { get; init; }

    /// <summary>Another for each set of a cache, so that whoever finds the same one before and after has seen one value. Its lowest bit is the slot.</summary>
    public ulong Generation { get; init; }

    public Lifetime Lifetime { get; init; }

    /// <summary>Which of the two objects for chunks has the value's: a new value never goes where the old one is.</summary>
    public int Slot => (int)(Generation & 1);

    public int HeaderBytes => FixedBytes + (Lifetime.HasAbsolute ? sizeof(long) : 0) + (Lifetime.IsSliding ? 2 * sizeof(long) : 0);

    /// <summary>The bytes of the entry.</summary>
    public int EntryBytes => HeaderBytes + (Form == HeadForm.KeyInChunks ? 0 : KeyBytes) + (Form == HeadForm.Inline ? ValueBytes : 0);

    /// <summary>The bytes of all chunks.</summary>
    public long ChunkBytes => Form == HeadForm.Inline ? 0 : ValueBytes + (Form == HeadForm.KeyInChunks ? KeyBytes : 0L);

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> entry)
    {
        entry[0] = Version;
        entry[1] = (byte)((byte)Form
            | (IsKeyUtf16 ? Utf16Flag : 0)
            | (Lifetime.HasAbsolute ? AbsoluteFlag : 0)
            | (Lifetime.IsSliding ? SlidingFlag : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(entry[KeyBytesAt..], (ushort)KeyBytes);
        BinaryPrimitives.WriteInt32LittleEndian(entry[ValueBytesAt..], ValueBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[GenerationAt..], Generation);
        int at = FixedBytes;
        if (Lifetime.HasAbsolute)
        {
            BinaryPrimitives.WriteInt64LittleEndian(entry[at..], Lifetime.AbsoluteTicks);
            at += sizeof(long);
        }

        if (Lifetime.IsSliding)
        {
            BinaryPrimitives.WriteInt64LittleEndian(entry[at..], Lifetime.SlidingTicks);
            BinaryPrimitives.WriteInt64LittleEndian(entry[(at + sizeof(long))..], Lifetime.LastAccessTicks);
        }
    }

    /// <summary>Reads an entry's header.</summary>
    /// <returns>False when the entry is none that this version writes.</returns>
    public static bool TryRead(ReadOnlySpan<byte> entry, out Head head)
    {
        head = default;
        if (entry.Length < FixedBytes || entry[0] != Version || (entry[1] & FormMask) > (byte)HeadForm.KeyInChunks)
        {
            return false;
        }

        byte flags = entry[1];
        int needed = FixedBytes + ((flags & AbsoluteFlag) != 0 ? sizeof(long) : 0) + ((flags & SlidingFlag) != 0 ? 2 * sizeof(long) : 0);
        if (entry.Length < needed)
        {
            return false;
        }

        int at = FixedBytes;
        long absolute = (flags & AbsoluteFlag) != 0 ? Take(entry, ref at) : 0;
        long sliding = (flags & SlidingFlag) != 0 ? Take(entry, ref at) : 0;
        long lastAccess = (flags & SlidingFlag) != 0 ? Take(entry, ref at) : 0;
        head = new Head
        {
            Form = (HeadForm)(flags & FormMask),
            IsKeyUtf16 = (flags & Utf16Flag) != 0,
            KeyBytes = BinaryPrimitives.ReadUInt16LittleEndian(entry[KeyBytesAt..]),
            ValueBytes = BinaryPrimitives.ReadInt32LittleEndian(entry[ValueBytesAt..]),
            Generation = BinaryPrimitives.ReadUInt64LittleEndian(entry[GenerationAt..]),
            Lifetime = new Lifetime(absolute, sliding, lastAccess),
        };
        return head.ValueBytes >= 0 && head.EntryBytes == entry.Length;
    }

    /// <summary>Whether an entry with this head is a key's; of a key in chunks its length is all that the head tells.</summary>
    public bool MayBeOf(in CacheKey key, ReadOnlySpan<byte> entry) =>
        IsKeyUtf16 == key.IsUtf16
        && KeyBytes == key.Bytes.Length
        && (Form == HeadForm.KeyInChunks || entry.Slice(HeaderBytes, KeyBytes).SequenceEqual(key.Bytes));

    /// <summary>The value in an entry with this head.</summary>
    public ReadOnlySpan<byte> InlineValue(ReadOnlySpan<byte> entry) => entry.Slice(HeaderBytes + KeyBytes, ValueBytes);

    private static long Take(ReadOnlySpan<byte> entry, ref int at)
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(entry[at..]);
        at += sizeof(long);
        return value;
    }
}
