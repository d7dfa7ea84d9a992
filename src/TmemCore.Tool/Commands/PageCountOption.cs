using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace TmemCore.Tool.Commands;

/// <summary>Options that are a number of pages, or of bytes when there is a unit.</summary>
internal static class PageCountOption
{
    /// <summary>1 TiB of pages.</summary>
    private const long MostPages = 1 << 28;

    /// <summary>Makes an option for one number.</summary>
    public static Option<int?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = result => Parse(result, name, result.Tokens[0].Value),
    };

    /// <summary>Makes an option for one number or several, which has to be given.</summary>
    public static Option<int[]> CreateMany(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        Required = true,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => [.. result.Tokens.Select(token => Parse(result, name, token.Value) ?? 1)],
    };

    private static int? Parse(ArgumentResult result, string name, string text)
    {
        bool isPages = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long pages);
        if (!isPages && ByteSize.TryParse(text, out long bytes))
        {
            (isPages, pages) = (true, bytes / TmemPool.PageBytes);
        }

        if (isPages && pages is >= 1 and <= MostPages)
        {
            return (int)pages;
        }

        result.AddError(string.Create(
            CultureInfo.InvariantCulture,
            $"{name} is \"{text}\"; it may be 1 to {MostPages} pages, or a number with KiB, MiB, GiB or TiB that is as much."));
        return null;
    }
}
