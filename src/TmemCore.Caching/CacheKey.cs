using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace TmemCore.Caching;

/// <summary>
/// A key as it is stored: UTF-8, or the characters themselves where a surrogate stands alone, since UTF-8 would make all such keys one. Lives on
/// the stack; long keys rent a buffer, which disposal gives back.
/// </summary>
internal ref struct CacheKey : IDisposable
{
    /// <summary>What a caller lends for usual keys.</summary>
    public const int StackBytes = 256;

    /// <summary>The longest key, as it is stored.</summary>
    public const int MaximumBytes = ushort.MaxValue;

    private const int MostBytesPerCharacter = 3;

    private byte[]? _rented;

    /// <summary>Encodes and hashes a key.</summary>
    /// <param name="key">The key, from the caller.</param>
    /// <param name="buffer">Holds it as long as it is short.</param>
    /// <param name="hash">Gives its id.</param>
    /// <exception cref="ArgumentNullException">There is no key.</exception>
    /// <exception cref="ArgumentException">It is too long.</exception>
    public CacheKey(string key, Span<byte> buffer, IKeyHash hash)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length > MaximumBytes)
        {
            throw TooLong(key.Length, "characters");
        }

        if (key.Length * MostBytesPerCharacter > buffer.Length)
        {
            buffer = _rented = ArrayPool<byte>.Shared.Rent(key.Length * MostBytesPerCharacter);
        }

        IsUtf16 = Utf8.FromUtf16(key, buffer, out _, out int written, replaceInvalidSequences: false) != OperationStatus.Done;
        Bytes = IsUtf16 ? MemoryMarshal.AsBytes(key.AsSpan()) : buffer[..written];
        if (Bytes.Length > MaximumBytes)
        {
            Dispose();
            throw TooLong(Bytes.Length, "bytes");
        }

        Id = hash.Hash(Bytes);
    }

    /// <summary>Throws unless a key is one.</summary>
    /// <exception cref="ArgumentNullException">There is no key.</exception>
    /// <exception cref="ArgumentException">It is too long.</exception>
    public static void Require(string key, IKeyHash hash)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length > MaximumBytes / MostBytesPerCharacter)
        {
            using var _ = new CacheKey(key, default, hash);
        }
    }

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Whether these are characters of 16 bits and not UTF-8.</summary>
    public bool IsUtf16 { get; }

    /// <summary>What leads to the places of the key's head, and to its chunks.</summary>
    public ObjectId Id { get; }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_rented is byte[] rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static ArgumentException TooLong(int length, string unit) =>
        new($"key has {length:N0} {unit}; a key may have {MaximumBytes:N0} bytes of UTF-8.", "key");
}
