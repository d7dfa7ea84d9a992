using System.Numerics;
using System.Runtime.InteropServices;

namespace TmemCore.Server.Nbd;

/// <summary>
/// One bit for each page of a disk, all made at the start. Pages lie in objects of 64, each a word of the map: whoever changes a word holds the lock of its
/// object, and anybody may look.
/// </summary>
internal sealed class PageMap
{
    /// <summary>Neighbouring pages that make an object of the store: as many as a leaf of its index has.</summary>
    public const int ObjectPages = 64;

    /// <summary>The bytes of an object's pages.</summary>
    public const int ObjectBytes = ObjectPages * TmemPool.PageBytes;

    private readonly ulong[] _words;

    /// <summary>Makes a map without any bit set.</summary>
    public PageMap(long objects)
    {
        _words = GC.AllocateUninitializedArray<ulong>(checked((int)objects), pinned: true);

        // Written to, so that no page fault comes later, when memory is short.
        _words.AsSpan().Clear();
    }

    /// <summary>Makes a map as another process had it.</summary>
    /// <exception cref="InvalidDataException">It is of a disk of another size.</exception>
    public PageMap(long objects, ReadOnlySpan<byte> bytes)
        : this(objects)
    {
        if (bytes.Length != _words.Length * sizeof(ulong))
        {
            throw new InvalidDataException($"A map of {bytes.Length:N0} bytes came; the disk's has {_words.Length * sizeof(ulong):N0}.");
        }

        bytes.CopyTo(Bytes);
    }

    /// <summary>All of it, while nobody changes it.</summary>
    public Span<byte> Bytes => MemoryMarshal.AsBytes(_words.AsSpan());

    /// <summary>The pages of an object, the first in the lowest bit.</summary>
    public ulong this[long objectNumber] => Volatile.Read(ref _words[objectNumber]);

    public void Add(long objectNumber, ulong pages) => Volatile.Write(ref _words[objectNumber], _words[objectNumber] | pages);

    public void Remove(long objectNumber, ulong pages) => Volatile.Write(ref _words[objectNumber], _words[objectNumber] & ~pages);

    /// <summary>Bits that are set; while some change, each word is looked at once.</summary>
    public long Count
    {
        get
        {
            long count = 0;
            for (int i = 0; i < _words.Length; i++)
            {
                count += BitOperations.PopCount(Volatile.Read(ref _words[i]));
            }

            return count;
        }
    }

    /// <summary>The bits of neighbouring pages of an object.</summary>
    public static ulong Bits(int firstPage, int count) => (count == ObjectPages ? ulong.MaxValue : (1UL << count) - 1) << firstPage;
}
