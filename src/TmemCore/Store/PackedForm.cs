using System.Runtime.InteropServices;
using TmemCore.Codecs;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>What an entry has become in fewer bytes: one word over and over, or a codec's output, or its own bytes.</summary>
/// <param name="Codec">How it becomes the entry again.</param>
/// <param name="Length">The entry's length, 1 to 4,096.</param>
/// <param name="Bytes">Bytes that are kept; none for one word.</param>
/// <param name="Word">The word.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PackedForm(PageCodecId Codec, int Length, int Bytes, ulong Word)
{
    /// <summary>
    /// What tells entries apart that take turns at one place of their object, and may come back at another; 0 where an index is one entry's for good. What the
    /// policy remembers of an entry goes by it. A saved client does not have it: what was restored is known by its index until it is put again.
    /// </summary>
    public byte Tag { get; init; }

    /// <summary>A page as it is.</summary>
    public static PackedForm Whole => new(PageCodecId.None, ArenaLayout.PageBytes, ArenaLayout.PageBytes, 0);

    /// <summary>Packs a page into the scratch's <see cref="CodecScratch.Data"/>; false when it does not get smaller by an eighth.</summary>
    /// <param name="page">Exactly 4,096 bytes.</param>
    /// <param name="codec">What makes it smaller, unless it is one word over and over.</param>
    /// <param name="scratch">The calling thread's.</param>
    /// <param name="form">What it has become.</param>
    public static bool TryPack(ReadOnlySpan<byte> page, PageCodec codec, CodecScratch scratch, out PackedForm form)
    {
        if (SameFilled.TryFind(page, out ulong word))
        {
            form = new PackedForm(PageCodecId.SameFilled, page.Length, 0, word);
            return true;
        }

        int bytes = codec.Compress(page, scratch.Data[..PackedPages.MaximumBytes], scratch);
        form = new PackedForm(codec.Id, page.Length, bytes, 0);
        return bytes != 0;
    }

    /// <summary>Makes the entry again.</summary>
    /// <param name="data">What was kept, <see cref="Bytes"/> long.</param>
    /// <param name="entry">Takes the entry, <see cref="Length"/> long.</param>
    /// <param name="scratch">The calling thread's.</param>
    /// <exception cref="InvalidDataException">What was kept is not an entry: the store is damaged.</exception>
    public void Unpack(ReadOnlySpan<byte> data, Span<byte> entry, CodecScratch scratch)
    {
        if (Codec == PageCodecId.SameFilled)
        {
            SameFilled.Fill(entry, Word);
        }
        else if (Codec == PageCodecId.None)
        {
            data.CopyTo(entry);
        }
        else if (!PageCodec.Of(Codec).TryDecompress(data, entry, scratch))
        {
            throw new InvalidDataException($"{data.Length:N0} bytes that are kept are not an entry of {Length:N0} bytes of the codec {Codec}.");
        }
    }
}
