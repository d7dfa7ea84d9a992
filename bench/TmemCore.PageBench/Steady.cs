using System.Diagnostics;
using System.Runtime;

namespace TmemCore.PageBench;

/// <summary>
/// Waits for code to be what it is in a process that has run for a second: the runtime compiles a method anew when it has been in use for a while, and
/// most rows would be over before that.
/// </summary>
internal static class Steady
{
    /// <summary>More than the 100 ms that the runtime lets pass before it looks at what is called often.</summary>
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Does what will be measured, over and over, until nothing has been compiled for a while.</summary>
    public static void Reach(Action step)
    {
        long begin = Stopwatch.GetTimestamp();
        long lastCompiled = begin;
        long methods = JitInfo.GetCompiledMethodCount();
        while (Stopwatch.GetElapsedTime(lastCompiled) < s_quiet && Stopwatch.GetElapsedTime(begin) < s_patience)
        {
            step();
            if (JitInfo.GetCompiledMethodCount() != methods)
            {
                methods = JitInfo.GetCompiledMethodCount();
                lastCompiled = Stopwatch.GetTimestamp();
            }
        }
    }
}
