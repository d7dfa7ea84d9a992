using System.Diagnostics;
using System.Text;
using TmemCore.Client;
using TmemCore.Tool.Commands;
using Xunit;

namespace TmemCore.Tool.Tests.Top;

/// <summary>The full screen of <c>tmem top</c> on a terminal of its own: the keys do what the foot says, and the terminal is given back.</summary>
public sealed class TopKeysTests
{
    private const string Frame = "\u001b[H";
    private const string Leave = "\u001b[?25h\u001b[?1049l";

    private readonly StringBuilder _shown = new();

    [Theory]
    [InlineData("q")]
    [InlineData("\u0003")]
    public async Task S_sorts_anew_and_q_or_a_break_gives_the_terminal_back(string end)
    {
        using var folder = new TemporaryFolder();
        string socket = Path.Combine(folder.FullName, "tmem.sock");
        using Process daemon = ToolProcess.Start("serve", "--quiet", "--socket", socket, "--memory", "8MiB");
        Assert.NotNull(await daemon.StandardOutput.ReadLineAsync());
        using var few = TmemConnection.Connect(socket);
        using var many = TmemConnection.Connect(socket);
        Fill(few, 1);
        Fill(many, 200);

        string command = $"stty rows 40 cols 160; exec '{Environment.ProcessPath}' exec '{typeof(TmemCommand).Assembly.Location}' top --interval 3600 --sort id --socket '{socket}'";
        using var top = Process.Start(new ProcessStartInfo("script", ["-qec", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            // The break goes to all that run on the terminal: a shell that stayed beside the command would end of it, with a number of its own.
            Environment = { ["TERM"] = "xterm", ["SHELL"] = "/bin/sh" },
        })!;
        Assert.True(IsFirstAbove(await ReadFrame(top, 1), few, many));
        for (int frame = 2; IsFirstAbove(await Press(top, "s", frame), few, many); frame++)
        {
            // One of the orders is by memory, and the keys go around.
        }

        await top.StandardInput.WriteAsync(end);
        await top.StandardInput.FlushAsync();
        string rest = await top.StandardOutput.ReadToEndAsync();
        await top.WaitForExitAsync();
        Assert.Equal(0, top.ExitCode);
        Assert.EndsWith(Leave, (_shown + rest).TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(0, await ToolProcess.TerminateAsync(daemon));
    }

    private static void Fill(TmemConnection connection, uint pages)
    {
        IEphemeralPool pool = connection.CreateEphemeralPool();
        var page = new byte[TmemPool.PageBytes];
        for (uint i = 0; i < pages; i++)
        {
            new Random((int)i).NextBytes(page);
            Assert.True(pool.TryPut(1, i, page));
        }
    }

    /// <summary>Whether one client's row is above another's.</summary>
    private static bool IsFirstAbove(string frame, TmemConnection first, TmemConnection second)
    {
        string[] rows = [.. frame.Split("\r\n").SkipWhile(static row => !row.StartsWith("client", StringComparison.Ordinal))];
        return Array.FindIndex(rows, row => row.TrimStart().StartsWith($"{first.Id} ", StringComparison.Ordinal))
            < Array.FindIndex(rows, row => row.TrimStart().StartsWith($"{second.Id} ", StringComparison.Ordinal));
    }

    private async Task<string> Press(Process top, string key, int frame)
    {
        await top.StandardInput.WriteAsync(key);
        await top.StandardInput.FlushAsync();
        return await ReadFrame(top, frame);
    }

    /// <summary>Reads until a frame has come to its end: the foot is the last that is written.</summary>
    private async Task<string> ReadFrame(Process top, int number)
    {
        var piece = new char[4096];
        while (true)
        {
            string[] frames = _shown.ToString().Split(Frame);
            if (frames.Length > number && frames[number].Contains("\u001b[J", StringComparison.Ordinal) && frames[number].EndsWith("\u001b[K", StringComparison.Ordinal))
            {
                return frames[number];
            }

            int read = await top.StandardOutput.ReadAsync(piece);
            Assert.NotEqual(0, read);
            _shown.Append(piece, 0, read);
        }
    }
}
