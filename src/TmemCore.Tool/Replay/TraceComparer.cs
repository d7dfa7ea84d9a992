using System.Globalization;
using TmemCore.Abi;

namespace TmemCore.Tool.Replay;

/// <summary>
/// Tells whether a result is what the trace expects. Of statistics lines it compares every field but those that depend on
/// how a store is built; with a codec on, also those and the answers that depend on how small it makes pages are set aside.
/// </summary>
internal sealed class TraceComparer(TraceHeader header)
{
    private const int GiveBack = (int)FlushOp.Number;
    private const int QueryFreeable = (int)QueryFreeableOp.Number;

    /// <summary>Index nodes, allocator and relinquishing, cycles, compressed sizes, shared contents.</summary>
    private static readonly HashSet<string> s_implementation =
    [
        "Nc", "Nm", "Af", "Pf", "Lm", "Rt", "Ra", "Rx", "Fp", "Tc", "Zt", "Gz", "cp", "cb", "cn", "cm", "Sc", "Sm", "Gd",
    ];

    /// <summary>Counts of frames, which compressed or shared pages do not take.</summary>
    private static readonly HashSet<string> s_frames = ["Ta", "Fc", "Fm"];

    /// <summary>Compares one result.</summary>
    /// <param name="operation">The operation, with the result expected.</param>
    /// <param name="result">The result.</param>
    /// <returns>Null when they agree.</returns>
    public TraceMismatch? Compare(TraceOperation operation, string result)
    {
        if (result == operation.Expected || IsSetAside(operation))
        {
            return null;
        }

        return operation.Command == TraceCommand.List
            ? CompareLists(operation, result)
            : new TraceMismatch(operation.Line, operation.Text, operation.Expected, result);
    }

    private bool IsSetAside(TraceOperation operation) =>
        header.DependsOnCodec
        && operation.Command == TraceCommand.Ctl
        && operation.Number(0) is GiveBack or QueryFreeable;

    private TraceMismatch? CompareLists(TraceOperation operation, string result)
    {
        string[] expected = operation.Expected.Split('|');
        string[] got = result.Split('|');
        for (int i = 0; i < Math.Min(expected.Length, got.Length); i++)
        {
            if (FirstDifference(expected[i], got[i]) is (string wanted, string found))
            {
                string where = string.Create(CultureInfo.InvariantCulture, $"line {i + 1} of the text, ");
                return new TraceMismatch(operation.Line, operation.Text, where + wanted, where + found);
            }
        }

        return expected.Length == got.Length
            ? null
            : new TraceMismatch(operation.Line, operation.Text, CountOf(expected), CountOf(got));
    }

    private (string Expected, string Got)? FirstDifference(string expected, string got)
    {
        List<string> wanted = ComparedFields(expected);
        List<string> found = ComparedFields(got);
        for (int i = 0; i < Math.Max(wanted.Count, found.Count); i++)
        {
            string one = i < wanted.Count ? wanted[i] : "nothing more";
            string other = i < found.Count ? found[i] : "nothing more";
            if (one != other)
            {
                return (one, other);
            }
        }

        return null;
    }

    /// <summary>The fields of a line that count; the first carries the line's tag.</summary>
    private List<string> ComparedFields(string line)
    {
        var fields = new List<string>();
        foreach (string field in line.Split(','))
        {
            int colon = field.IndexOf(':', StringComparison.Ordinal);
            string key = colon < 0 ? "" : field[..colon];
            if (!s_implementation.Contains(key) && !(header.DependsOnCodec && s_frames.Contains(key)))
            {
                fields.Add(field);
            }
        }

        return fields;
    }

    private static string CountOf(string[] lines) =>
        string.Create(CultureInfo.InvariantCulture, $"{lines.Length - 1} lines of text");
}
