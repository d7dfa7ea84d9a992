using System.Diagnostics;
using System.Text;

namespace TmemCore.Tool.Tests.Serving;

/// <summary>An emulated machine with a disk of a daemon as its swap, and what its console has shown so far.</summary>
internal sealed class SwappingMachine : IDisposable
{
    // Only so that a machine that hangs fails a test and does not hold it up.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    private readonly StringBuilder _console = new();

    private readonly Process _emulator;

    private readonly Task<string> _errors;

    public SwappingMachine(string script, params string[] arguments)
    {
        _emulator = Process.Start(new ProcessStartInfo(script, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _errors = _emulator.StandardError.ReadToEndAsync();
    }

    /// <summary>Waits until the console shows this line.</summary>
    public async Task ReadUntilAsync(string mark)
    {
        while (await ReadLineAsync() is string line)
        {
            if (line == mark)
            {
                return;
            }
        }

        throw new InvalidOperationException($"The machine ended without \"{mark}\": {_console}{await _errors}");
    }

    /// <summary>Waits until the machine has ended by itself, and tells all that its console has shown.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await ReadLineAsync() is not null)
        {
        }

        await _emulator.WaitForExitAsync();
        return _emulator.ExitCode == 0
            ? _console.ToString()
            : throw new InvalidOperationException($"The emulator ended with {_emulator.ExitCode}: {_console}{await _errors}");
    }

    /// <summary>Kills the emulator, whatever it is doing.</summary>
    public void Kill()
    {
        _emulator.Kill();
        _emulator.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _emulator.Dispose();
    }

    private async Task<string?> ReadLineAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            string? line = (await _emulator.StandardOutput.ReadLineAsync(patience.Token))?.TrimEnd('\r');
            _console.Append(line is null ? "" : line + '\n');
            return line;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The machine showed nothing for {s_patience}: {_console}");
        }
    }
}
