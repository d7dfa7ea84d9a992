using System.Buffers.Binary;
using TmemCore.Abi;
using TmemCore.Hypercalls;
using TmemCore.Statistics;
using TmemCore.Wire;

namespace TmemCore.Client;

/// <summary>
/// What an operator may do to a daemon's clients, see <see cref="TmemConnection.MayControl"/>. Clients are numbers;
/// <see cref="HypercallControl.AllClients"/> is all that live now. Thread-safe.
/// </summary>
/// <example><code>
/// using TmemConnection tmem = TmemConnection.Connect();
/// Console.Write(tmem.Control.List(HypercallControl.AllClients, isLong: true));
/// </code></example>
public sealed class RemoteControl
{
    private readonly TmemConnection _connection;

    internal RemoteControl(TmemConnection connection) => _connection = connection;

    /// <summary>Statistics in the text form of the original's list command. A client may always list itself.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="isLong">Whether to give every counter.</param>
    /// <returns>Lines that end with a line feed; whole ones up to 1 MiB.</returns>
    /// <exception cref="UnauthorizedAccessException">The daemon does not let this user see others.</exception>
    /// <exception cref="InvalidOperationException">There is no such client.</exception>
    /// <exception cref="TmemConnectionException">The connection has broken.</exception>
    public string List(uint clientId, bool isLong)
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        var list = new ListOp { ClientId = clientId, BufferBytes = WireFrame.MaximumAnswerBytes, LongForm = isLong ? 1u : 0 };
        _connection.Require(_connection.CallForText(op[..list.Write(TmemConnection.Abi, op)], out string text), clientId);
        return text;
    }

    /// <summary>Freezes clients: they may replace pages, get and flush them, but add none.</summary>
    /// <param name="clientId">The client.</param>
    /// <exception cref="UnauthorizedAccessException">The daemon does not let this user control it.</exception>
    /// <exception cref="InvalidOperationException">There is no such client.</exception>
    /// <exception cref="TmemConnectionException">The connection has broken.</exception>
    public void Freeze(uint clientId)
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        Do(op[..new FreezeOp { ClientId = clientId }.Write(TmemConnection.Abi, op)], clientId);
    }

    /// <summary>Ends a freeze.</summary>
    /// <param name="clientId">The client.</param>
    /// <exception cref="UnauthorizedAccessException">The daemon does not let this user control it.</exception>
    /// <exception cref="InvalidOperationException">There is no such client.</exception>
    /// <exception cref="TmemConnectionException">The connection has broken.</exception>
    public void Thaw(uint clientId)
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        Do(op[..new ThawOp { ClientId = clientId }.Write(TmemConnection.Abi, op)], clientId);
    }

    /// <summary>Ends clients: their pools and pages are gone, persistent ones too; their connections stay and can make no more pools.</summary>
    /// <param name="clientId">The client.</param>
    /// <exception cref="UnauthorizedAccessException">The daemon does not let this user control it.</exception>
    /// <exception cref="InvalidOperationException">There is no such client.</exception>
    /// <exception cref="TmemConnectionException">The connection has broken.</exception>
    public void Destroy(uint clientId)
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        Do(op[..new DestroyOp { ClientId = clientId }.Write(TmemConnection.Abi, op)], clientId);
    }

    /// <summary>Sets the weight of clients, see <see cref="TmemClientOptions.Weight"/>.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="weight">The weight, 0 to 2,147,483,647.</param>
    /// <exception cref="ArgumentOutOfRangeException">A larger weight.</exception>
    /// <exception cref="UnauthorizedAccessException">The daemon does not let this user control it.</exception>
    /// <exception cref="InvalidOperationException">There is no such client.</exception>
    /// <exception cref="TmemConnectionException">The connection has broken.</exception>
    public void SetWeight(uint clientId, uint weight)
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, (uint)int.MaxValue);
        Do(op[..new SetWeightOp { ClientId = clientId, Value = weight }.Write(TmemConnection.Abi, op)], clientId);
    }

    /// <summary>Sets the most that the ephemeral pages of clients may take, see <see cref="TmemClientOptions.EphemeralCapBytes"/>.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="mebibytes">The cap in MiB; 0 for none.</param>
    /// <exception cref="UnauthorizedAccessException">The daemon does not let this user control it.</exception>
    /// <exception cref="InvalidOperationException">There is no such client.</exception>
    /// <exception cref="TmemConnectionException">The connection has broken.</exception>
    public void SetCap(uint clientId, uint mebibytes)
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        Do(op[..new SetCapOp { ClientId = clientId, Value = mebibytes }.Write(TmemConnection.Abi, op)], clientId);
    }

    /// <summary>Switches the making smaller of new pages on or off.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="isOn">Whether new pages are made smaller.</param>
    /// <exception cref="UnauthorizedAccessException">The daemon does not let this user control it.</exception>
    /// <exception cref="InvalidOperationException">There is no such client.</exception>
    /// <exception cref="TmemConnectionException">The connection has broken.</exception>
    public void SetCompression(uint clientId, bool isOn)
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        Do(op[..new SetCompressOp { ClientId = clientId, Value = isOn ? 1u : 0 }.Write(TmemConnection.Abi, op)], clientId);
    }

    /// <summary>Grants the sharing of a pool, or takes the grant back.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="uuid">The pool's name.</param>
    /// <param name="isGranted">Whether it may.</param>
    /// <exception cref="UnauthorizedAccessException">The daemon does not let this user control it.</exception>
    /// <exception cref="InvalidOperationException">There is no such client, or it has all the grants that it may have.</exception>
    /// <exception cref="TmemConnectionException">The connection has broken.</exception>
    public void Authorize(uint clientId, PoolUuid uuid, bool isGranted)
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        var auth = new AuthOp { ClientId = clientId, Uuid = uuid, Flags = isGranted ? 1u : 0 };
        Do(op[..auth.Write(TmemConnection.Abi, op)], clientId);
    }

    /// <summary>Evicts ephemeral pages until so much is free, and gives it back to the system.</summary>
    /// <param name="kibibytes">KiB wanted, rounded up to pages.</param>
    /// <returns>KiB given back.</returns>
    /// <exception cref="UnauthorizedAccessException">The daemon does not let this user control it.</exception>
    /// <exception cref="TmemConnectionException">The connection has broken.</exception>
    public long Flush(uint kibibytes)
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        var flush = new FlushOp { ClientId = HypercallControl.AllClients, SizeKib = kibibytes };
        return Do(op[..flush.Write(TmemConnection.Abi, op)], HypercallControl.AllClients);
    }

    /// <summary>What the daemon's host holds, how far it may go just now, and why no further.</summary>
    /// <returns>Null when the daemon is of a release that does not tell.</returns>
    /// <exception cref="UnauthorizedAccessException">The daemon does not let this user control it.</exception>
    /// <exception cref="TmemConnectionException">The connection has broken.</exception>
    /// <example><code>Console.WriteLine(tmem.Control.QueryMemory()?.Why);</code></example>
    public MemoryStatistics? QueryMemory()
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        op.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(op, WireMemory.Command);
        long answer = _connection.CallForText(op, out string text);
        if (answer == -Errno.ENOSYS)
        {
            return null;
        }

        _connection.Require(answer, HypercallControl.AllClients);
        return WireMemory.TryRead(text, out MemoryStatistics memory) ? memory : throw _connection.Misunderstood(answer);
    }

    /// <summary>How much could be given back.</summary>
    /// <returns>MiB.</returns>
    /// <exception cref="UnauthorizedAccessException">The daemon does not let this user control it.</exception>
    /// <exception cref="TmemConnectionException">The connection has broken.</exception>
    public long QueryFreeableMebibytes()
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        return Do(op[..default(QueryFreeableOp).Write(TmemConnection.Abi, op)], HypercallControl.AllClients);
    }

    private long Do(ReadOnlySpan<byte> op, uint clientId)
    {
        long answer = _connection.Call(op);
        _connection.Require(answer, clientId);
        return answer;
    }
}
