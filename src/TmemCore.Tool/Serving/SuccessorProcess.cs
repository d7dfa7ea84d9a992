using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace TmemCore.Tool.Serving;

/// <summary>
/// Starts this command anew on a hang-up signal, as it was started, and to take over: whatever has been installed in its place meanwhile goes on with the
/// store. Should it not be able to, this process does.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SuccessorProcess : IDisposable
{
    private const string CommandLineFile = "/proc/self/cmdline";

    // Read at the start: once the file is another, the system calls the running one deleted.
    private readonly string? _program = Environment.ProcessPath;
    private readonly string[] _words = [.. File.ReadAllText(CommandLineFile).TrimEnd('\0').Split('\0').Skip(1)];
    private readonly Action<string> _tell;
    private readonly PosixSignalRegistration _signal;

    /// <param name="tell">Told what comes of it.</param>
    /// <param name="mayBeTakenOver">False to go on whatever comes: the signal would end the process otherwise, and all pages with it.</param>
    public SuccessorProcess(Action<string> tell, bool mayBeTakenOver)
    {
        _tell = tell;
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            if (mayBeTakenOver)
            {
                Start();
            }
            else
            {
                tell("This daemon cannot be taken over, and goes on: its settings say so.");
            }
        });
    }

    public void Dispose() => _signal.Dispose();

    private void Start()
    {
        try
        {
            string[] words = _words.Contains(ServeWords.TakeOver) ? _words : [.. _words, ServeWords.TakeOver];
            var start = new ProcessStartInfo(_program!, words);

            // It names this process, and the successor would not tell the service manager that it is alive: it would be ended for that.
            start.Environment.Remove(ServiceManager.WatchdogProcess);
            using var process = Process.Start(start);
            _tell($"Process {process?.Id} was started to take over.");
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            _tell($"No successor was started: {e.Message}");
        }
    }
}
