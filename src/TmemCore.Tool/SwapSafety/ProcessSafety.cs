using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace TmemCore.Tool.SwapSafety;

/// <summary>
/// Asks the system for what <see cref="SwapSafetyOptions"/> say, one thing after the other, and tells of each whether it was got. To be called
/// on the process's first thread, before there are others and before the host is made: threads take the marks of the one that starts them,
/// and memory that is mapped later is locked when it is touched, where all that is mapped already would be filled up at once.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ProcessSafety(SwapSafetyOptions options, Action<string> log)
{
    private const string ScoreFile = "/proc/self/oom_score_adj";

    private readonly List<string> _denied = [];

    /// <summary>Asks for everything.</summary>
    /// <exception cref="SystemRefusalException">Something was denied. All was asked for first, and each told to the log.</exception>
    public void Take()
    {
        if (options.OutOfMemoryScore is int score)
        {
            Take(string.Create(CultureInfo.InvariantCulture, $"an out-of-memory score of {score}"), WhyNotScored(score));
        }

        if (options.IoFlusher)
        {
            Take("the marks of an I/O flusher", WhyNotFlusher());
        }

        if (options.ManagedHeapBytes is long bytes)
        {
            Take($"a managed heap of {ByteSize.Format(bytes)} at most", WhyNotLimited(bytes));
        }

        if (options.LockProcess)
        {
            Take("all memory of the process locked", WhyNotLocked());
        }

        if (_denied.Count > 0)
        {
            throw new SystemRefusalException($"the system denied {string.Join(", ", _denied)}; see above.");
        }
    }

    private void Take(string what, string? whyNot)
    {
        log(whyNot is null ? $"Got {what}." : $"Denied {what}: {whyNot}");
        if (whyNot is not null)
        {
            _denied.Add(what);
        }
    }

    private static string? WhyNotScored(int score)
    {
        const string Advice = "The system lowers it for CAP_SYS_RESOURCE alone; OOMScoreAdjust= in the unit does it, too.";
        string text = score.ToString(CultureInfo.InvariantCulture);
        try
        {
            if (File.ReadAllText(ScoreFile).Trim() != text)
            {
                File.WriteAllText(ScoreFile, text);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{e.Message} {Advice}";
        }
    }

    private static string? WhyNotFlusher()
    {
        int error = Native.BecomeIoFlusher();
        return error == 0 ? null : $"{Marshal.GetPInvokeErrorMessage(error)}. It wants CAP_SYS_RESOURCE, and Linux 5.6 or later.";
    }

    private static string? WhyNotLimited(long bytes)
    {
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes <= bytes)
        {
            return null;
        }

        AppContext.SetData("GCHeapHardLimit", (ulong)bytes);
        try
        {
            GC.RefreshMemoryLimit();
            long limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            return limit <= bytes ? null : string.Create(CultureInfo.InvariantCulture, $"the runtime keeps to {limit:N0} bytes.");
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }

    private static string? WhyNotLocked()
    {
        ulong limit = Native.MemoryLockLimitBytes();
        if (limit != ulong.MaxValue && !ProcessStatus.MayLockWithoutLimit)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"the limit of locked memory, RLIMIT_MEMLOCK, is {limit:N0} bytes; the process has {ProcessStatus.MappedBytes:N0} bytes of addresses, ")
                + "which all count, and takes more later. LimitMEMLOCK=infinity in the unit or 'ulimit -l unlimited' in a shell lifts it, and so does CAP_IPC_LOCK.";
        }

        // What is there now is brought in whole, code and stacks; what comes later, the store above all, is locked page by page as it is touched.
        int error = Native.LockWhatIsMapped();
        error = error == 0 ? Native.LockWhatWillBeMapped() : error;
        return error == 0 ? null : $"{Marshal.GetPInvokeErrorMessage(error)}.";
    }
}
