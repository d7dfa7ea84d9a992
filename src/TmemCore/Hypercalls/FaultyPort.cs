using System.Globalization;

namespace TmemCore.Hypercalls;

/// <summary>
/// Passes every call on but one, which it answers with an error of its own: for tests of code that has to survive a
/// hypervisor's refusals. Thread-safe; under threads the n-th call is whichever comes n-th.
/// </summary>
/// <example>
/// <code>
/// var port = new FaultyPort(real, failAtCall: 3, Errno.ENOMEM);
/// </code>
/// </example>
public sealed class FaultyPort : IHypercallPort
{
    private readonly IHypercallPort _inner;
    private readonly long _failAtCall;
    private readonly int _errorNumber;
    private long _callCount;

    /// <summary>Wraps a port.</summary>
    /// <param name="inner">The port that answers all other calls. It stays the caller's.</param>
    /// <param name="failAtCall">Which call fails, from 1. It does not reach <paramref name="inner"/>.</param>
    /// <param name="errorNumber">The error it fails with, positive; see <see cref="Errno"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    public FaultyPort(IHypercallPort inner, long failAtCall, int errorNumber)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfLessThan(failAtCall, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(errorNumber, 1);
        _inner = inner;
        _failAtCall = failAtCall;
        _errorNumber = errorNumber;
    }

    /// <summary>How many calls have come in, the failed one included.</summary>
    public long CallCount => Interlocked.Read(ref _callCount);

    /// <inheritdoc/>
    public long Call(HypercallNumber number, HypercallArgument argument) =>
        Interlocked.Increment(ref _callCount) == _failAtCall ? -_errorNumber : _inner.Call(number, argument);

    /// <summary>What the port will do.</summary>
    /// <returns>For example <c>call 3 fails with -12 (ENOMEM)</c>.</returns>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"call {_failAtCall} fails with {Errno.Describe(-_errorNumber)}");
}
