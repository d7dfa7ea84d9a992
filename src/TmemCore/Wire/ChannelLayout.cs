using TmemCore.Memory;

namespace TmemCore.Wire;

/// <summary>
/// The memory that a client and its daemon share: a word of submissions, 64 slots with an operation each, and a page for each slot. The client fills a
/// slot and sets its bit in the word; the daemon takes the word, does what the slots say, and writes into each what came of it.
/// </summary>
internal static class ChannelLayout
{
    /// <summary>Operations under way at most: the bits of a word.</summary>
    public const int Slots = 64;

    /// <summary>The op of the socket protocol that asks for a channel; the tmem ABI has no such number.</summary>
    public const uint OpenOp = 1000;

    /// <summary>Behind the answer to it comes this byte, with the memory file.</summary>
    public const byte FileMark = (byte)'m';

    /// <summary>A bit for each slot that is to be looked at.</summary>
    public const long Submitted = 0;

    /// <summary>1 while the daemon sleeps, and has to be woken.</summary>
    public const long DaemonSleeps = 64;

    public const long TotalBytes = FirstPage + (Slots * (long)TmemPool.PageBytes);

    private const long FirstSlot = ArenaLayout.PageBytes;
    private const long FirstPage = FirstSlot + ArenaLayout.PageBytes;

    public static long SlotAt(int slot) => FirstSlot + (slot * (long)ChannelSlot.Bytes);

    public static long PageAt(int slot) => FirstPage + (slot * (long)TmemPool.PageBytes);
}
