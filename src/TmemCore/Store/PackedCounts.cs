using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TmemCore.Codecs;

namespace TmemCore.Store;

/// <summary>Pages kept in fewer bytes than a frame, and those bytes, for each <see cref="PageCodecId"/>: a line of the cache.</summary>
[InlineArray(Length)]
internal struct PackedCounts
{
    public const int Length = (int)PageCodecId.Zstandard + 1;

    private PackedCount _first;

    public readonly PackedCount Sum
    {
        get
        {
            var sum = default(PackedCount);
            foreach (PackedCount count in this)
            {
                sum.Pages += count.Pages;
                sum.Bytes += count.Bytes;
            }

            return sum;
        }
    }

    public void Add(in PackedCounts other)
    {
        for (int i = 0; i < Length; i++)
        {
            this[i].Pages += other[i].Pages;
            this[i].Bytes += other[i].Bytes;
        }
    }
}

/// <summary>Pages of one codec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PackedCount
{
    public ulong Pages;
    public ulong Bytes;
}
