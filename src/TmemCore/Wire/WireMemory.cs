using System.Globalization;
using System.Text;
using TmemCore.Statistics;

namespace TmemCore.Wire;

/// <summary>
/// What a host holds and how far it may go, as a text: a line for each value, its name, a space and the value. Readers pass over names that they do
/// not know, and what is not there has its default, so that both sides may be of different releases.
/// </summary>
internal static class WireMemory
{
    /// <summary>The number of the operation that asks for it; the tmem ABI has none of that number.</summary>
    public const uint Command = 200;

    /// <summary>The text; nothing but printable ASCII and line feeds.</summary>
    public static string Write(MemoryStatistics memory)
    {
        var text = new StringBuilder();
        void Line(string name, string value) => text.Append(name).Append(' ').Append(value).Append('\n');
        void Number(string name, long value) => Line(name, value.ToString(CultureInfo.InvariantCulture));
        Number("capacity", memory.CapacityBytes);
        Number("target", memory.TargetBytes);
        Number("committed", memory.CommittedBytes);
        Number("floor", memory.FloorBytes);
        Line("reason", memory.Reason.ToString());
        Line("source", string.Concat(memory.Source.Select(static one => one is >= ' ' and <= '~' ? one : '?')));
        Number("available", memory.AvailableBytes);
        Number("reserve", memory.ReserveBytes);
        Line("some", memory.SomeStall.ToString(CultureInfo.InvariantCulture));
        Line("full", memory.FullStall.ToString(CultureInfo.InvariantCulture));
        Number("readings", memory.Readings);
        Number("growths", memory.Growths);
        Number("shrinks", memory.Shrinks);
        Number("returned", memory.ReturnedBytes);
        return text.ToString();
    }

    /// <summary>Reads a text; false when it is none.</summary>
    public static bool TryRead(string text, out MemoryStatistics memory)
    {
        memory = new MemoryStatistics();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0 || !TrySet(ref memory, line[..space], line[(space + 1)..]))
            {
                return false;
            }
        }

        return text.Length != 0;
    }

    private static bool TrySet(ref MemoryStatistics memory, string name, string value)
    {
        bool isNumber = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number);
        bool isShare = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1;
        switch (name)
        {
            case "reason":
                // A reason of a later release is told as one of which nothing is known.
                memory = memory with { Reason = Enum.TryParse(value, out TargetReason reason) && Enum.IsDefined(reason) ? reason : TargetReason.NoReading };
                return true;
            case "source":
                memory = memory with { Source = value };
                return true;
            case "some":
                memory = memory with { SomeStall = share };
                return isShare;
            case "full":
                memory = memory with { FullStall = share };
                return isShare;
            default:
                memory = WithNumber(memory, name, number, out bool isKnown);
                return isNumber || !isKnown;
        }
    }

    private static MemoryStatistics WithNumber(MemoryStatistics memory, string name, long number, out bool isKnown)
    {
        isKnown = true;
        switch (name)
        {
            case "capacity":
                return memory with { CapacityBytes = number };
            case "target":
                return memory with { TargetBytes = number };
            case "committed":
                return memory with { CommittedBytes = number };
            case "floor":
                return memory with { FloorBytes = number };
            case "available":
                return memory with { AvailableBytes = number };
            case "reserve":
                return memory with { ReserveBytes = number };
            case "readings":
                return memory with { Readings = number };
            case "growths":
                return memory with { Growths = number };
            case "shrinks":
                return memory with { Shrinks = number };
            case "returned":
                return memory with { ReturnedBytes = number };
            default:
                isKnown = false;
                return memory;
        }
    }
}
