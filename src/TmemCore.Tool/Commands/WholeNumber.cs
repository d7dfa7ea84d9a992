using System.CommandLine;
using System.Globalization;

namespace TmemCore.Tool.Commands;

/// <summary>Options that take a whole number from a range, and say which when they get something else.</summary>
internal static class WholeNumber
{
    public static Option<uint?> Option(string name, string alias, string description, uint most, uint least = 0) => new(name, alias)
    {
        Description = description,
        CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value) && value >= least && value <= most)
            {
                return value;
            }

            result.AddError(string.Create(
                CultureInfo.InvariantCulture, $"{name} takes a whole number from {least} to {most}, not '{text}'."));
            return null;
        },
    };
}
