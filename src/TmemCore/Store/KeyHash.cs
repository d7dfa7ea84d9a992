using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>
/// A keyed hash of handles. Clients choose object ids, so that without a secret they could crowd one bucket; the key is
/// drawn per host.
/// </summary>
internal readonly struct KeyHash
{
    private readonly ulong _key0;
    private readonly ulong _key1;
    private readonly ulong _key2;

    public KeyHash(ulong? seed)
    {
        Span<ulong> words = [Draw(), Draw(), Draw()];
        if (seed is ulong fixedSeed)
        {
            words[0] = Fold(fixedSeed ^ 0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03);
            words[1] = Fold(words[0] ^ fixedSeed, 0x94D0_49BB_1331_11EB);
            words[2] = Fold(words[1] ^ fixedSeed, 0xBF58_476D_1CE4_E5B9);
        }

        _key0 = words[0];
        _key1 = words[1] | 1;
        _key2 = words[2] | 1;
    }

    private KeyHash(ulong key0, ulong key1, ulong key2) => (_key0, _key1, _key2) = (key0, key1, key2);

    /// <summary>Passes the key on to a successor, whose handles have to lead to the same places.</summary>
    public static KeyHash PassOn(KeyHash hash, StateTransfer state)
    {
        (ulong key0, ulong key1, ulong key2) = (hash._key0, hash._key1, hash._key2);
        state.Pass(ref key0);
        state.Pass(ref key1);
        state.Pass(ref key2);
        return new KeyHash(key0, key1, key2);
    }

    /// <summary>
    /// Bits that nobody can guess, from the system's own generator. A GUID is made of them without the cryptographic library that the runtime's other
    /// way needs (OpenSSL on Linux, which machines with nothing but a native binary may not have). The few bits of it that are fixed lie at
    /// different places of its halves.
    /// </summary>
    private static ulong Draw()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
    }

    /// <summary>64 bits: the low 32 address a bucket, the next 16 choose the shard, the top 15 are the tag in the bucket.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong OfObject(uint pool, in ObjectId objectId)
    {
        ulong hash = Fold(objectId.Word0 ^ _key0, objectId.Word1 ^ _key1);
        hash = Fold(hash ^ objectId.Word2 ^ _key2, _key0 ^ ((pool * 0x9E37_79B9_7F4A_7C15UL) | 1));

        // Numbers in a row would stay somewhat regular after one product for each word, and crowd some buckets.
        return Fold(hash ^ _key1, 0xBF58_476D_1CE4_E5B9);
    }

    /// <summary>The hash of 64 neighbouring pages of an object whose hash is known, bits used as in <see cref="OfObject"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong OfLeaf(ulong objectHash, uint leafIndex) =>
        Fold(objectHash ^ ((leafIndex + 1) * 0xD1B5_4A32_D192_ED03UL), _key2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
