using System.Globalization;

namespace TmemCore.Hypercalls;

/// <summary>Memory for a hypercall could not be had, or could not be locked. Nothing stays mapped or locked.</summary>
public sealed class HypercallBufferException : IOException
{
    private HypercallBufferException(string message, int errorNumber, long requestedBytes, long? limitBytes)
        : base(message)
    {
        ErrorNumber = errorNumber;
        RequestedBytes = requestedBytes;
        LimitBytes = limitBytes;
    }

    /// <summary>The operating system's error number, positive: 12 (ENOMEM) or 1 (EPERM) when the limit is too low.</summary>
    public int ErrorNumber { get; }

    /// <summary>How many bytes were to be locked; whole pages.</summary>
    public long RequestedBytes { get; }

    /// <summary>The limit RLIMIT_MEMLOCK in bytes; null if there is none, so that something else was the matter.</summary>
    public long? LimitBytes { get; }

    internal static HypercallBufferException Create(int answer, int requestedBytes, long lockedBytes, ulong limitBytes)
    {
        long? limit = limitBytes > long.MaxValue ? null : (long)limitBytes;
        long wantedKibibytes = (lockedBytes + requestedBytes + 1023) / 1024;
        string message = limit is null
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{requestedBytes} bytes of memory for a hypercall could not be mapped and locked: error {-answer}.")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{requestedBytes} bytes of memory for a hypercall could not be locked (error {-answer}): this pool has "
                + $"{lockedBytes} bytes locked, and the limit of the process, RLIMIT_MEMLOCK, is {limit} bytes. Raise it "
                + $"to at least {wantedKibibytes} KiB more than the rest of the process locks: 'ulimit -l {wantedKibibytes}' "
                + $"in the shell, 'LimitMEMLOCK={wantedKibibytes}K' in the systemd unit, or 'memlock' in /etc/security/limits.conf; "
                + $"or give the process the capability CAP_IPC_LOCK.");
        return new HypercallBufferException(message, -answer, requestedBytes, limit);
    }
}
