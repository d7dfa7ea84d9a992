namespace TmemCore.Memory;

/// <summary>
/// The lengths in which <see cref="SpanHeap"/> hands out memory: multiples of 32 bytes up to a page. Slots of one class are cut
/// from a span of some frames, as many as leave the least over.
/// </summary>
/// <remarks>
/// On lengths as compressed pages of mixed origin have them, spans of up to 16 frames and steps of 32 bytes take 1.5 % more than
/// was asked for. Steps of 16 take 1.1 % and leave twice as many spans half filled; spans of up to 8 frames take 2.5 %, of up to
/// 4 frames 6.7 %.
/// </remarks>
internal static class SizeClasses
{
    /// <summary>What slot lengths are multiples of.</summary>
    public const int StepBytes = 32;

    /// <summary>The longest slot. Longer data is better kept in a frame of its own.</summary>
    public const int MaximumSlotBytes = ArenaLayout.PageBytes - StepBytes;

    /// <summary>Classes.</summary>
    public const int Count = MaximumSlotBytes / StepBytes;

    /// <summary>Frames of a span at most.</summary>
    public const int MaximumFrames = 16;

    /// <summary>Slots of a span at most, so that the map of free slots takes 128 bytes at most.</summary>
    public const int MaximumSlots = 1024;

    /// <summary>For each class, and each number of frames less 1, the number up to it that leaves the least over.</summary>
    private static readonly byte[] s_frames = ChooseFrames();

    /// <summary>The smallest class whose slots hold <paramref name="bytes"/>, 1 to <see cref="MaximumSlotBytes"/>.</summary>
    public static int Of(int bytes) => (bytes - 1) / StepBytes;

    /// <summary>The length of a class's slots.</summary>
    public static int SlotBytes(int sizeClass) => (sizeClass + 1) * StepBytes;

    /// <summary>Slots that are cut from some frames.</summary>
    public static int Slots(int sizeClass, int frames) =>
        Math.Min(frames * ArenaLayout.PageBytes / SlotBytes(sizeClass), MaximumSlots);

    /// <summary>How many frames a span of up to <paramref name="atMost"/> (1 to 16) had best have.</summary>
    public static int Frames(int sizeClass, int atMost) => s_frames[(sizeClass * MaximumFrames) + atMost - 1];

    /// <summary>Whether a span of some frames leaves an eighth of them unused.</summary>
    public static bool IsWasteful(int sizeClass, int frames) =>
        frames * ArenaLayout.PageBytes * 7 > Slots(sizeClass, frames) * SlotBytes(sizeClass) * 8;

    private static byte[] ChooseFrames()
    {
        var chosen = new byte[Count * MaximumFrames];
        for (int sizeClass = 0; sizeClass < Count; sizeClass++)
        {
            double least = double.MaxValue;
            int best = 0;
            for (int frames = 1; frames <= MaximumFrames; frames++)
            {
                double bytesPerSlot = (double)frames * ArenaLayout.PageBytes / Slots(sizeClass, frames);
                if (bytesPerSlot < least)
                {
                    least = bytesPerSlot;
                    best = frames;
                }

                chosen[(sizeClass * MaximumFrames) + frames - 1] = (byte)best;
            }
        }

        return chosen;
    }
}
