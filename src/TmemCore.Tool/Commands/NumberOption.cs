using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace TmemCore.Tool.Commands;

/// <summary>Options that are a number in a range; anything else is refused with what would be right.</summary>
internal static class NumberOption
{
    /// <summary>Makes an option.</summary>
    /// <param name="name">Its name, dashes included.</param>
    /// <param name="description">What it does.</param>
    /// <param name="normal">Its value when it is not given.</param>
    /// <param name="isRight">Whether a value may be used.</param>
    /// <param name="right">Which ones may, for people.</param>
    public static Option<int> Create(string name, string description, int normal, Func<int, bool> isRight, string right) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => normal,
        CustomParser = result => Parse(result, name, isRight, right) ?? normal,
    };

    private static int? Parse(ArgumentResult result, string name, Func<int, bool> isRight, string right)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && isRight(value))
        {
            return value;
        }

        result.AddError($"{name} is \"{text}\"; it may be {right}.");
        return null;
    }
}
