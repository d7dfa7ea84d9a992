using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TmemCore.Store;

/// <summary>
/// Where the last few gets of a shard ended, so that whoever gets an object's pages in the order of their indexes is told
/// from whoever does not. Wants the shard's lock to be held. A mark may be another object's by chance, which costs a
/// prefetch in vain.
/// </summary>
internal sealed class SequenceMarks
{
    /// <summary>Alone on its cache lines: each get writes one.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Padded
    {
        /// <summary>
        /// One for each of four objects that are read side by side. More of them in one shard, as the 16 over which Linux
        /// spreads a guest's swap are where a host has few shards, lose each other's marks, and nothing is foreseen.
        /// </summary>
        [FieldOffset(64)]
        public Vector256<ulong> Marks;

        /// <summary>Which mark the next sequence takes.</summary>
        [FieldOffset(96)]
        public int Oldest;
    }

    private Padded _padded;

    /// <summary>Notes a get, and tells whether one of the last was of the index before it.</summary>
    /// <param name="hash">The hash of the page's object.</param>
    /// <param name="index">The page's index.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Continue(ulong hash, uint index)
    {
        ulong name = hash + index;
        Vector256<ulong> found = Vector256.Equals(_padded.Marks, Vector256.Create(name));
        if (found != Vector256<ulong>.Zero)
        {
            // The mark moves on by one: what is found is all ones.
            _padded.Marks -= found;
            return true;
        }

        if (Vector256.EqualsAny(_padded.Marks, Vector256.Create(name + 1)))
        {
            // The same page again, which would take all marks for itself.
            return false;
        }

        ref ulong first = ref Unsafe.As<Vector256<ulong>, ulong>(ref _padded.Marks);
        Unsafe.Add(ref first, _padded.Oldest) = name + 1;
        _padded.Oldest = (_padded.Oldest + 1) % Vector256<ulong>.Count;
        return false;
    }
}
