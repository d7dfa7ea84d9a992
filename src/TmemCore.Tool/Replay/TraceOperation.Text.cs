namespace TmemCore.Tool.Replay;

/// <summary>Operations as text.</summary>
internal sealed partial record TraceOperation
{
    /// <summary>Reads an operation.</summary>
    /// <param name="line">Its line in the file, counted from 1.</param>
    /// <param name="text">Its name and its numbers.</param>
    /// <param name="expected">What it is to answer, as it stands in the file.</param>
    /// <exception cref="FormatException">It is none, or has other numbers than it needs.</exception>
    public static TraceOperation Parse(int line, string text, string expected)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0
            || !words[0].All(char.IsAsciiLetter)
            || !Enum.TryParse(words[0], ignoreCase: true, out TraceCommand command))
        {
            throw new FormatException($"\"{text}\" is no operation");
        }

        int wanted = ArgumentsOf(command);
        byte[]? page = command == TraceCommand.PutData ? ParsePage(ref words) : null;
        if (words.Length - 1 != wanted)
        {
            throw new FormatException($"\"{words[0]}\" takes {wanted} numbers; there are {words.Length - 1}");
        }

        var arguments = new ulong[wanted];
        for (int i = 0; i < wanted; i++)
        {
            if (!TraceNumber.TryParse(words[i + 1], out arguments[i]))
            {
                throw new FormatException($"\"{words[i + 1]}\" is not a number");
            }
        }

        return new TraceOperation(line, command, text, arguments, expected) { Page = page };
    }

    private static int ArgumentsOf(TraceCommand command) => command switch
    {
        TraceCommand.Client or TraceCommand.KillClient or TraceCommand.Destroy => 1,
        TraceCommand.BadOp or TraceCommand.List => 2,
        TraceCommand.NewPool => 3,
        TraceCommand.FlushO or TraceCommand.Auth => 4,
        TraceCommand.PutBad or TraceCommand.PutData or TraceCommand.Get or TraceCommand.GetBad or TraceCommand.FlushP => 5,
        TraceCommand.Ctl or TraceCommand.RestoreNew => 5,
        TraceCommand.Put or TraceCommand.RFlush => 6,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Not an operation of a trace."),
    };

    /// <summary>Takes the last word off, which holds a page in base 64.</summary>
    private static byte[] ParsePage(ref string[] words)
    {
        var page = new byte[TmemPool.PageBytes];
        if (!Convert.TryFromBase64String(words[^1], page, out int length) || length != page.Length)
        {
            throw new FormatException($"the last word of \"{words[0]}\" is not a page of {page.Length} bytes in base 64");
        }

        words = words[..^1];
        return page;
    }
}
