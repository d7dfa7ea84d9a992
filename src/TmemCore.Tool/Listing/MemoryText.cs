using TmemCore.Statistics;

namespace TmemCore.Tool.Listing;

/// <summary>What a store holds, how far it may go and why, in a line for people.</summary>
internal static class MemoryText
{
    /// <summary>The line, without its full stop.</summary>
    public static string Of(MemoryStatistics memory)
    {
        string target = memory.TargetBytes == memory.CapacityBytes
            ? $"{ByteSize.Format(memory.TargetBytes)} that it may hold"
            : $"{ByteSize.Format(memory.TargetBytes)} that it may hold just now, at most {ByteSize.Format(memory.CapacityBytes)}";
        return $"holds {ByteSize.Format(memory.CommittedBytes)} of {target}: {memory.Why}";
    }
}
