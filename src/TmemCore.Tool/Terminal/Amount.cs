using System.Globalization;

namespace TmemCore.Tool.Terminal;

/// <summary>Numbers of things in sentences.</summary>
internal static class Amount
{
    /// <summary>For example <c>1 page</c>, <c>2,000 pages</c>.</summary>
    public static string Of(long number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {noun}{(number == 1 ? "" : "s")}");
}
