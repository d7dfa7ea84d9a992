using System.Text;

namespace TmemCore.Tool.Simulation;

/// <summary>Bytes of a trace in messages: short, and without anything that a terminal would obey.</summary>
internal static class TraceText
{
    private const int MostCharacters = 40;

    /// <summary>The bytes as text.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (byte value in bytes[..Math.Min(bytes.Length, MostCharacters)])
        {
            text.Append(value is >= (byte)' ' and <= (byte)'~' ? (char)value : '?');
        }

        return bytes.Length > MostCharacters ? $"{text}..." : text.ToString();
    }
}
