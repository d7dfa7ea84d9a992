using System.Text;
using TmemCore.Tool.Control;
using TmemCore.Tool.Replay;

namespace TmemCore.Tool.Scripting;

/// <summary>
/// A host of this process, and a file of what happens to it: operations as traces have them, with or without the answer that they must give,
/// and commands of control as they are typed in a shell.
/// </summary>
internal sealed class ControlScript : IDisposable
{
    private const string CommandMark = "tmem ";

    private readonly string _path;
    private readonly StreamReader _reader;
    private readonly EmbeddedTarget _host;
    private readonly TraceExecutor _executor;
    private int _line = 1;

    /// <summary>Opens a script, and makes its host.</summary>
    /// <param name="path">The file, compressed by gzip or plain.</param>
    /// <exception cref="InvalidDataException">It does not begin as a script or a trace does, or asks for a host that cannot be made.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ControlScript(string path)
    {
        _path = path;
        _reader = TraceFile.OpenText(path);
        try
        {
            _host = ScriptHeader.Parse(ReadLine() ?? "").CreateHost();
            _executor = new TraceExecutor(_host);
            Target = new HostControlTarget(_host.Host);
        }
        catch (Exception e)
        {
            _reader.Dispose();
            throw e switch
            {
                FormatException => Malformed(e.Message),
                ArgumentException or InsufficientMemoryException => Malformed($"it asks for a host that cannot be made. {e.Message}"),
                _ => e,
            };
        }
    }

    /// <summary>The host, for commands of control.</summary>
    public IControlTarget Target { get; }

    /// <summary>Operations done so far.</summary>
    public long Operations { get; private set; }

    /// <summary>Plays the script to its end.</summary>
    /// <param name="onCommand">Does what a command line says; the words behind <c>tmem</c>. Answers with an exit code.</param>
    /// <param name="onDifference">Told each answer that is another one than the file says.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The exit code of the first command that failed, where the script ends then.</returns>
    /// <exception cref="InvalidDataException">A line is not understood.</exception>
    public int Play(Func<string, int> onCommand, Action<string> onDifference, CancellationToken cancellation = default)
    {
        while (!cancellation.IsCancellationRequested && ReadLine() is string line)
        {
            string text = line.Trim();
            if (text.StartsWith(CommandMark, StringComparison.Ordinal))
            {
                int exitCode = onCommand(text[CommandMark.Length..]);
                if (exitCode != 0)
                {
                    return exitCode;
                }
            }
            else if (text.Length != 0 && text[0] != '#')
            {
                Execute(text, onDifference);
            }
        }

        return 0;
    }

    /// <summary>The place in the file, for messages.</summary>
    public string Place => $"{_path}, line {_line - 1}";

    /// <summary>Closes the file and ends the host.</summary>
    public void Dispose()
    {
        _reader.Dispose();
        _host.Dispose();
    }

    private void Execute(string text, Action<string> onDifference)
    {
        int tab = text.IndexOf('\t', StringComparison.Ordinal);
        string expected = tab < 0 ? "" : text[(tab + 1)..].Trim();
        TraceOperation operation;
        try
        {
            operation = TraceOperation.Parse(_line - 1, tab < 0 ? text : text[..tab], expected);
        }
        catch (FormatException e)
        {
            throw Malformed(e.Message);
        }

        _executor.Execute(operation, out string result);
        Operations++;
        if (tab >= 0 && result != expected)
        {
            onDifference($"{Place}: {operation.Text}: expected {expected}, got {result}");
        }
    }

    private string? ReadLine()
    {
        try
        {
            string? line = _reader.ReadLine();
            _line++;
            return line;
        }
        catch (Exception e) when (e is DecoderFallbackException or InvalidDataException)
        {
            throw Malformed($"what follows cannot be read ({e.Message})");
        }
    }

    private InvalidDataException Malformed(string what) => new($"{Place}: {what}.");
}
