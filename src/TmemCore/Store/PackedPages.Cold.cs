using System.Runtime.CompilerServices;
using TmemCore.Codecs;

namespace TmemCore.Store;

/// <summary>
/// Which entries have stayed cold. The search marks what it comes by; whoever puts wipes the mark by writing the record anew, and
/// whoever reads does if it is set, in a line that is read anyway. What is still marked when the search comes by again is cold.
/// </summary>
internal sealed partial class PackedPages
{
    /// <summary>The first number that has never been in use; more may be by the time that it is looked at.</summary>
    public uint End => First + Volatile.Read(ref _fresh);

    /// <summary>Notes that an entry is read: it is not cold, or costs what the denser codec costs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void NoteRead(uint page, ref PackedShelf shelf)
    {
        ref PackedRecord record = ref At(page - First);
        if ((record.Marks & (PackedMarks.Unseen | PackedMarks.Cold)) != 0)
        {
            NoteReadOfMarked(ref record, ref shelf);
        }
    }

    /// <summary>Marks the entries that a denser codec might make smaller; wants the lock of the shard that they belong to.</summary>
    /// <param name="first">The first of <see cref="NumbersPerStep"/> numbers, those from <see cref="End"/> on left out.</param>
    /// <returns>Those that have been marked since the last time, one bit each.</returns>
    public ulong MarkUnseen(uint first)
    {
        uint end = Math.Min(first + NumbersPerStep, End);
        ulong cold = 0;
        for (uint page = first; page < end; page++)
        {
            ref PackedRecord record = ref At(page - First);
            if (record.Kind != PackedPlace.Slot || record.Codec != PageCodecId.Lz4 || (record.Marks & PackedMarks.Dense) != 0)
            {
                continue;
            }

            if ((record.Marks & PackedMarks.Unseen) != 0)
            {
                cold |= 1UL << (int)(page - first);
            }

            record.Marks |= PackedMarks.Unseen;
        }

        return cold;
    }

    /// <summary>
    /// Whether an entry has been neither read nor put since it was marked. Only the search marks, so that what it has copied meanwhile
    /// is what is kept still, even if the number had been another entry's in between.
    /// </summary>
    public bool IsUnseen(uint page) => (At(page - First).Marks & PackedMarks.Unseen) != 0;

    /// <summary>Whether an entry is kept in what the denser codec has made of it while it was cold.</summary>
    public bool IsCold(uint page) => (At(page - First).Marks & PackedMarks.Cold) != 0;

    /// <summary>Marks an entry that the denser codec has made smaller.</summary>
    public void MarkCold(uint page, ref PackedShelf shelf)
    {
        At(page - First).Marks = PackedMarks.Cold;
        shelf.ColdPages++;
    }

    /// <summary>Marks an entry that is not to be tried again until it is put over.</summary>
    public void MarkDense(uint page) => At(page - First).Marks = PackedMarks.Dense;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NoteReadOfMarked(ref PackedRecord record, ref PackedShelf shelf)
    {
        shelf.ColdReads += (record.Marks & PackedMarks.Cold) != 0 ? 1UL : 0;
        record.Marks &= ~PackedMarks.Unseen;
    }

    private static void UncountCold(in PackedRecord record, ref PackedShelf shelf) =>
        shelf.ColdPages -= (record.Marks & PackedMarks.Cold) != 0 ? 1U : 0;
}
