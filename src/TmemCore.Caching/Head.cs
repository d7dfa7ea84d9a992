using System.Buffers.Binary;

namespace TmemCore.Caching;

/// <summary>
/// What is kept of a value at a place of its key's: an entry of a version, a form, the key's length and a lifetime, little-endian; then the key, then the value if both fit.
/// A lifetime that there is none of takes no bytes. Where there are chunks, their length, their generation and the key's id come before the lifetime.
/// </summary>
internal readonly record struct Head
{
    private const byte Version = 2;
    private const byte FormMask = 3;
    private const byte Utf16Flag = 4;
    private const byte AbsoluteFlag = 8;
    private const byte SlidingFlag = 16;
    private const int KeyBytesAt = 2;
    private const int FixedBytes = 4;

    /// <summary>The value's length, the generation and the id.</summary>
    private const int ChunkHeaderBytes = sizeof(int) + (4 * sizeof(long));
    private const int MaximumHeaderBytes = FixedBytes + ChunkHeaderBytes + (3 * sizeof(long));

    public HeadForm Form { get; init; }

    public bool IsKeyUtf16 { get; init; }

    public int KeyBytes { get; init; }

    public int ValueBytes { get; init; }

    /// <summary>
    /// Of chunks another for each set of a cache, so that whoever finds the same one before and after has seen one value. Its lowest bit is the slot. 0 without chunks.
    /// </summary>
    public ulong Generation { get; init; }

    /// <summary>Of chunks the id of the key, which leads to them.</summary>
    public ObjectId Id { get; init; }

    public Lifetime Lifetime { get; init; }

    /// <summary>Which of the two objects for chunks has the value's: a new value never goes where the old one is.</summary>
    public int Slot => (int)(Generation & 1);

    public int HeaderBytes => FixedBytes
        + (Form == HeadForm.Inline ? 0 : ChunkHeaderBytes)
        + (Lifetime.HasAbsolute ? sizeof(long) : 0)
        + (Lifetime.IsSliding ? 2 * sizeof(long) : 0);

    /// <summary>The bytes of the entry.</summary>
    public int EntryBytes => HeaderBytes + (Form == HeadForm.KeyInChunks ? 0 : KeyBytes) + (Form == HeadForm.Inline ? ValueBytes : 0);

    /// <summary>The bytes of all chunks.</summary>
    public long ChunkBytes => Form == HeadForm.Inline ? 0 : ValueBytes + (Form == HeadForm.KeyInChunks ? KeyBytes : 0L);

    /// <summary>
    /// The head of a value that is to be stored; of chunks without a generation. Whether the key is in chunks depends on the key alone: all heads of one key are of one kind, or two with one id could be
    /// taken for each other.
    /// </summary>
    public static Head For(in CacheKey key, int valueBytes, Lifetime lifetime)
    {
        var head = new Head { IsKeyUtf16 = key.IsUtf16, KeyBytes = key.Bytes.Length, ValueBytes = valueBytes, Lifetime = lifetime };
        bool isLongKey = key.Bytes.Length > TmemPool.PageBytes - MaximumHeaderBytes;
        return !isLongKey && head.EntryBytes <= TmemPool.PageBytes
            ? head
            : head with { Form = isLongKey ? HeadForm.KeyInChunks : HeadForm.Chunked, Id = key.Id };
    }

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> entry)
    {
        entry[0] = Version;
        entry[1] = (byte)((byte)Form
            | (IsKeyUtf16 ? Utf16Flag : 0)
            | (Lifetime.HasAbsolute ? AbsoluteFlag : 0)
            | (Lifetime.IsSliding ? SlidingFlag : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(entry[KeyBytesAt..], (ushort)KeyBytes);
        entry = entry[FixedBytes..];
        if (Form != HeadForm.Inline)
        {
            BinaryPrimitives.WriteInt32LittleEndian(entry, ValueBytes);
            entry = entry[sizeof(int)..];
            Put(ref entry, Generation);
            Put(ref entry, Id.Word0);
            Put(ref entry, Id.Word1);
            Put(ref entry, Id.Word2);
        }

        if (Lifetime.HasAbsolute)
        {
            Put(ref entry, (ulong)Lifetime.AbsoluteTicks);
        }

        if (Lifetime.IsSliding)
        {
            Put(ref entry, (ulong)Lifetime.SlidingTicks);
            Put(ref entry, (ulong)Lifetime.LastAccessTicks);
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
        var form = (HeadForm)(flags & FormMask);
        bool isChunked = form != HeadForm.Inline;
        bool hasAbsolute = (flags & AbsoluteFlag) != 0;
        bool isSliding = (flags & SlidingFlag) != 0;
        if (entry.Length < FixedBytes + (isChunked ? ChunkHeaderBytes : 0) + (hasAbsolute ? sizeof(long) : 0) + (isSliding ? 2 * sizeof(long) : 0))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = entry[FixedBytes..];
        int valueBytes = isChunked ? BinaryPrimitives.ReadInt32LittleEndian(rest) : 0;
        rest = isChunked ? rest[sizeof(int)..] : rest;
        ulong generation = isChunked ? Take(ref rest) : 0;
        ObjectId id = isChunked ? new ObjectId(Take(ref rest), Take(ref rest), Take(ref rest)) : default;
        long absolute = hasAbsolute ? (long)Take(ref rest) : 0;
        long sliding = isSliding ? (long)Take(ref rest) : 0;
        long lastAccess = isSliding ? (long)Take(ref rest) : 0;
        int keyBytes = BinaryPrimitives.ReadUInt16LittleEndian(entry[KeyBytesAt..]);
        head = new Head
        {
            Form = form,
            IsKeyUtf16 = (flags & Utf16Flag) != 0,
            KeyBytes = keyBytes,
            ValueBytes = isChunked ? valueBytes : rest.Length - keyBytes,
            Generation = generation,
            Id = id,
            Lifetime = new Lifetime(absolute, sliding, lastAccess),
        };
        return head.ValueBytes >= 0 && head.EntryBytes == entry.Length;
    }

    /// <summary>Whether an entry with this head is a key's; of a key in chunks its id and its length are all that the head tells.</summary>
    public bool MayBeOf(in CacheKey key, ReadOnlySpan<byte> entry) =>
        IsKeyUtf16 == key.IsUtf16
        && KeyBytes == key.Bytes.Length
        && (Form == HeadForm.KeyInChunks ? Id == key.Id : entry.Slice(HeaderBytes, KeyBytes).SequenceEqual(key.Bytes));

    /// <summary>Whether the value has chunks where those of an id are.</summary>
    public bool HasChunksOf(in ObjectId id) => Form != HeadForm.Inline && Id == id;

    /// <summary>The value in an entry with this head.</summary>
    public ReadOnlySpan<byte> InlineValue(ReadOnlySpan<byte> entry) => entry.Slice(HeaderBytes + KeyBytes, ValueBytes);

    private static void Put(ref Span<byte> at, ulong word)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(at, word);
        at = at[sizeof(ulong)..];
    }

    private static ulong Take(ref ReadOnlySpan<byte> at)
    {
        ulong word = BinaryPrimitives.ReadUInt64LittleEndian(at);
        at = at[sizeof(ulong)..];
        return word;
    }
}
