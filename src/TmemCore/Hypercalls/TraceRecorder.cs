using System.Globalization;
using TmemCore.Abi;

namespace TmemCore.Hypercalls;

/// <summary>
/// Writes the calls of one or several clients as one trace, in the order they were made: a line of text each, the
/// operation, a tab, the result. <c>tmem replay</c> reads it back.
/// </summary>
/// <remarks>
/// <para>Each client gets a <see cref="RecordingPort"/>. While one of them makes a call the others wait, so that the order
/// in the trace is the order of the calls.</para>
/// <para>A put page is named by a seed if one that makes it can be found, as for zero pages, pages of one repeated byte
/// and random words; any other page follows in full, as <c>putdata pool o0 o1 o2 index base64</c>. What the format has no
/// word for, such as the page of a save, becomes a comment and is counted in <see cref="UnrecordedCount"/>.</para>
/// <para>Thread-safe.</para>
/// </remarks>
/// <example>
/// <code>
/// using var recorder = new TraceRecorder(File.CreateText("calls.txt"));
/// IHypercallPort port = new RecordingPort(real, recorder, clientId: 1, memory);
/// </code>
/// </example>
public sealed class TraceRecorder : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TextWriter _output;
    private readonly HashSet<(ushort Client, int Pool)> _ephemeral = [];
    private ushort _currentClient;
    private long _operationCount;
    private long _unrecordedCount;
    private long _getCount;
    private long _hitCount;
    private long _ephemeralGetCount;
    private long _ephemeralHitCount;
    private bool _disposed;

    /// <summary>Begins a trace: writes its first line.</summary>
    /// <param name="output">Where the lines go, ended by a line feed. It stays the caller's to close.</param>
    /// <param name="header">The host's options; null for a host that never runs short.</param>
    public TraceRecorder(TextWriter output, TraceHeader? header = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        Write((header ?? new TraceHeader()).ToString());
    }

    /// <summary>How many operations the trace has, the lines that name a client included.</summary>
    public long OperationCount => Interlocked.Read(ref _operationCount);

    /// <summary>How many calls became comments, because the format has no word for them.</summary>
    public long UnrecordedCount => Interlocked.Read(ref _unrecordedCount);

    /// <summary>Notes that a client died, which no hypercall tells.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="wasKnown">Whether the host knew it.</param>
    public void ClientDied(ushort clientId, bool wasKnown = true)
    {
        lock (_lock)
        {
            _ephemeral.RemoveWhere(pool => pool.Client == clientId);
            Line(string.Create(CultureInfo.InvariantCulture, $"killclient {clientId}"), wasKnown ? "0" : "-1");
        }
    }

    /// <summary>Ends the trace: writes the totals and flushes. Calls from now on pass unrecorded.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            Write(string.Create(
                CultureInfo.InvariantCulture,
                $"# summary ops={_operationCount} gets={_getCount} hits={_hitCount} eph_gets={_ephemeralGetCount} eph_hits={_ephemeralHitCount}"));
            _output.Flush();
        }
    }

    internal long Record(RecordingPort port, HypercallNumber number, HypercallArgument argument)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return port.Inner.Call(number, argument);
            }

            if (!CallBytes.TryRead(number, argument.Bytes, out TmemOp op, out AbiGeneration generation))
            {
                long answer = port.Inner.Call(number, argument);
                Unrecorded("not an op", answer);
                return answer;
            }

            TraceLine line = TraceLine.Before(op, generation, port.Memory);
            long result = port.Inner.Call(number, argument);
            line.After(op, port.Memory, result);
            Note(port.ClientId, op, line, result);
            return result;
        }
    }

    private void Note(ushort clientId, in TmemOp op, TraceLine line, long result)
    {
        if (line.Operation is null)
        {
            Unrecorded(line.Comment, result);
            return;
        }

        if (line.IsGuestOperation && clientId != _currentClient)
        {
            _currentClient = clientId;
            Line(string.Create(CultureInfo.InvariantCulture, $"client {clientId}"), "0");
        }

        Line(line.Operation, line.Result);
        if (line.IsGuestOperation)
        {
            Count(clientId, op, result);
        }
        else if (line.IsRestoredPool && result >= 0)
        {
            NotePool((ushort)op.Create.Argument1, (int)result, op.Create.Flags);
        }
    }

    private void Count(ushort clientId, in TmemOp op, long result)
    {
        if (op.Command == GetPageOp.Number)
        {
            bool isEphemeral = _ephemeral.Contains((clientId, op.PoolId));
            bool isHit = result == 1;
            _getCount++;
            _hitCount += isHit ? 1 : 0;
            _ephemeralGetCount += isEphemeral ? 1 : 0;
            _ephemeralHitCount += isEphemeral && isHit ? 1 : 0;
        }
        else if (op.Command == NewPoolOp.Number && result >= 0)
        {
            NotePool(clientId, (int)result, op.Create.Flags);
        }
        else if (op.Command == DestroyPoolOp.Number && result == 1)
        {
            _ephemeral.Remove((clientId, op.PoolId));
        }
    }

    private void NotePool(ushort clientId, int poolId, uint flags)
    {
        if ((flags & (uint)TmemPoolFlags.Persistent) == 0)
        {
            _ephemeral.Add((clientId, poolId));
        }
        else
        {
            _ephemeral.Remove((clientId, poolId));
        }
    }

    private void Unrecorded(string what, long result)
    {
        _unrecordedCount++;
        Write(string.Create(CultureInfo.InvariantCulture, $"# unrecorded: {what}, result {result}"));
    }

    private void Line(string operation, string result)
    {
        _operationCount++;
        Write(operation + '\t' + result);
    }

    private void Write(string line)
    {
        _output.Write(line);
        _output.Write('\n');
    }
}
