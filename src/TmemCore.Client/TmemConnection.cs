using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TmemCore.Abi;
using TmemCore.Hypercalls;
using TmemCore.Wire;

namespace TmemCore.Client;

/// <summary>
/// A client of a daemon of this machine: the pools of a <see cref="TmemClient"/>, in the daemon's memory. Everything it has there goes when
/// it is disposed, and when its process ends in whatever way. Thread-safe: threads share the connection, and each waits for its own answers only.
/// </summary>
/// <example><code>
/// using TmemConnection tmem = TmemConnection.Connect();
/// using IPersistentPool swap = tmem.CreatePersistentPool();
/// PutResult stored = swap.Put(1, 0, page);
/// </code></example>
public sealed class TmemConnection : ITmemClient
{
    internal static readonly TmemAbi Abi = new(AbiGeneration.V1Hypercall);

    private static readonly TimeSpan s_greetingTime = TimeSpan.FromSeconds(10);

    private readonly RequestChannel _channel;

    private TmemConnection(RequestChannel channel, string path, WireGreeting greeting, ChannelClient? memory)
    {
        _channel = channel;
        SharedMemory = memory;
        SocketPath = path;
        Id = greeting.ClientId;
        MayControl = greeting.MayControl;
    }

    /// <summary>The daemon's socket.</summary>
    public string SocketPath { get; }

    /// <summary>The client's number in the daemon's host.</summary>
    public int Id { get; }

    /// <summary>Whether the daemon lets this user control all clients.</summary>
    public bool MayControl { get; }

    /// <summary>
    /// Whether puts, gets and flushes go through memory that is shared with the daemon, and not through the socket: when it was asked for and the daemon had
    /// a channel for it.
    /// </summary>
    public bool UsesSharedMemory => SharedMemory is not null;

    /// <summary>The socket where daemons listen unless they are told otherwise: <c>tmem.sock</c> in the user's runtime folder, or in <c>/run</c>.</summary>
    public static string DefaultSocketPath => WireSocket.DefaultPath;

    /// <summary>Connects to a daemon.</summary>
    /// <param name="socketPath">Its socket; null for <see cref="DefaultSocketPath"/>.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="TmemConnectionException">Nobody listens there, or greets within 10 seconds, this user is not let in, or what listens is no daemon of this version.</exception>
    public static TmemConnection Connect(string? socketPath = null) => Connect(socketPath ?? DefaultSocketPath, s_greetingTime);

    /// <summary>
    /// Connects to a daemon, and asks it for a channel in shared memory: a put or a get is then a copy of the page on each side, and no call of the system
    /// while both are busy. Calls with many pages have up to 32 of them under way at a time. It costs the daemon a thread and some 260 KiB; where it has none to give, all goes through the socket.
    /// </summary>
    /// <param name="socketPath">Its socket; null for <see cref="DefaultSocketPath"/>.</param>
    /// <returns>The connection; <see cref="UsesSharedMemory"/> says what it got.</returns>
    /// <exception cref="TmemConnectionException">As of <see cref="Connect(string?)"/>.</exception>
    /// <example><code>
    /// using TmemConnection tmem = TmemConnection.ConnectSharingMemory();
    /// </code></example>
    public static TmemConnection ConnectSharingMemory(string? socketPath = null) =>
        Connect(socketPath ?? DefaultSocketPath, s_greetingTime, sharesMemory: true);

    /// <summary>Connects to a daemon that has so much time for its greeting: what listens may be no daemon, or one that is stuck.</summary>
    internal static TmemConnection Connect(string path, TimeSpan greetingTime, bool sharesMemory = false)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            throw new TmemConnectionException($"Nobody serves tmem at {path}: {Explain(e)}.", e);
        }

        var channel = new RequestChannel(socket);
        Span<byte> bytes = stackalloc byte[WireGreeting.Bytes];
        socket.ReceiveTimeout = (int)greetingTime.TotalMilliseconds;
        channel.Read(bytes);
        if (!WireGreeting.TryRead(bytes, out uint version, out WireGreeting greeting))
        {
            throw channel.Break($"What listens at {path} is no tmem daemon of version {WireGreeting.Version}: its greeting says {version}.");
        }

        if (greeting.Refusal != 0)
        {
            throw channel.Break($"The daemon at {path} turns this process away: {WireAnswer.Explain(greeting.Refusal)}.");
        }

        ChannelClient? memory = sharesMemory ? TryOpenChannel(socket, channel) : null;
        socket.ReceiveTimeout = 0;
        return new TmemConnection(channel, path, greeting, memory);
    }

    /// <inheritdoc/>
    public IEphemeralPool CreateEphemeralPool() => new RemoteEphemeralPool(this, Create(TmemPoolFlags.None));

    /// <inheritdoc/>
    public IRetainingPool CreateRetainingPool() => new RemoteKeptPool(this, Create((TmemPoolFlags)WireAnswer.Retaining));

    /// <inheritdoc/>
    public IPersistentPool CreatePersistentPool() => new RemotePersistentPool(this, Create(TmemPoolFlags.Persistent));

    /// <inheritdoc/>
    public JoinResult TryJoinSharedPool(PoolUuid uuid, out ISharedEphemeralPool? pool)
    {
        JoinResult result = Join(TmemPoolFlags.Shared, uuid, out int id);
        pool = result is JoinResult.Created or JoinResult.Joined ? new RemoteKeptPool(this, id) : null;
        return result;
    }

    /// <summary>What an operator may do; for others the daemon refuses all but their own list.</summary>
    public RemoteControl Control => new(this);

    /// <summary>Gives back all that the client has in the daemon, and ends the connection.</summary>
    public void Dispose()
    {
        _channel.Dispose();
        SharedMemory?.Dispose();
    }

    /// <summary>The channel in shared memory, if there is one.</summary>
    internal ChannelClient? SharedMemory { get; }

    /// <summary>Sends one request and waits for its answer.</summary>
    /// <param name="op">The op.</param>
    /// <param name="data">What is to be stored.</param>
    /// <param name="found">Takes what was found, 4,096 bytes; untouched when nothing was.</param>
    /// <param name="foundBytes">How much was found.</param>
    /// <param name="pool">The pool that it is for; null when it is for none.</param>
    internal long Call(ReadOnlySpan<byte> op, ReadOnlySpan<byte> data, Span<byte> found, out int foundBytes, RemotePool? pool)
    {
        Span<byte> request = stackalloc byte[WireFrame.HeaderBytes + WireFrame.MaximumRequestBytes];
        long turn = _channel.Send(request[..Compose(request, op, data)], count: 1, pool);
        return TakeAnswer(turn, found, out foundBytes);
    }

    internal long Call(ReadOnlySpan<byte> op, RemotePool? pool = null) => Call(op, default, default, out _, pool);

    /// <summary>Sends one request and waits for its answer, a text.</summary>
    internal long CallForText(ReadOnlySpan<byte> op, out string text)
    {
        Span<byte> request = stackalloc byte[WireFrame.HeaderBytes + TmemOp.MaxSize];
        long turn = _channel.Send(request[..Compose(request, op, default)], count: 1, pool: null);
        long result = _channel.BeginAnswer(turn, out int bytes);
        byte[] rented = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            _channel.Read(rented.AsSpan(0, bytes));
            _channel.EndAnswer();
            text = Encoding.ASCII.GetString(rented, 0, bytes);
            return result;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Sends many requests of a pool that the caller has composed, and returns the turn of the first answer.</summary>
    internal long Send(Span<byte> requests, int count, RemotePool pool) => _channel.Send(requests, count, pool);

    /// <summary>Takes an answer in its turn.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="found">Takes what was found.</param>
    /// <param name="foundBytes">How much that was.</param>
    internal long TakeAnswer(long turn, Span<byte> found, out int foundBytes)
    {
        long result = _channel.BeginAnswer(turn, out foundBytes);
        if (foundBytes > found.Length)
        {
            throw _channel.Break($"The daemon sent {foundBytes} bytes where {found.Length} were asked for.");
        }

        _channel.Read(found[..foundBytes]);
        _channel.EndAnswer();
        return result;
    }

    /// <summary>Writes a request.</summary>
    /// <returns>The bytes that it takes.</returns>
    internal static int Compose(Span<byte> request, ReadOnlySpan<byte> op, ReadOnlySpan<byte> data)
    {
        WireFrame.WriteRequest(request, tag: 0, op.Length, data.Length);
        op.CopyTo(request[WireFrame.HeaderBytes..]);
        data.CopyTo(request[(WireFrame.HeaderBytes + op.Length)..]);
        return WireFrame.HeaderBytes + op.Length + data.Length;
    }

    /// <summary>An answer that says nothing here: the daemon is of another kind than it says.</summary>
    internal TmemConnectionException Misunderstood(long answer) => _channel.Break($"The daemon answered {answer}, which means nothing here.");

    /// <summary>Throws what an answer to a control operation means.</summary>
    internal void Require(long answer, uint clientId)
    {
        switch (answer)
        {
            case >= 0:
                return;
            case -Errno.EPERM:
                throw new UnauthorizedAccessException($"The daemon at {SocketPath} does not let this user control it.");
            case -Errno.ENOENT:
                throw new InvalidOperationException($"The daemon at {SocketPath} has no client {clientId}.");
            case -Errno.ENOMEM:
                throw new InvalidOperationException($"Client {clientId} has all the grants that it may have; take one back first.");
            default:
                throw Misunderstood(answer);
        }
    }

    /// <summary>Why there is no connection; what the system says of a path that leads nowhere helps nobody.</summary>
    private static string Explain(Exception e) => (e as SocketException)?.SocketErrorCode switch
    {
        null => "a socket's path has 1 to 107 bytes",
        SocketError.AddressNotAvailable => "there is no such socket",
        SocketError.ConnectionRefused => "nobody listens at that socket",
        SocketError.AccessDenied => "this user may not open that socket",
        _ => e.Message,
    };

    /// <summary>Asks for a channel, before anything else is under way: the file comes beside a byte of the stream, which has to be read as such.</summary>
    private static ChannelClient? TryOpenChannel(Socket socket, RequestChannel channel)
    {
        Span<byte> request = stackalloc byte[WireFrame.HeaderBytes + sizeof(uint)];
        WireFrame.WriteRequest(request, tag: 0, sizeof(uint), dataBytes: 0);
        BinaryPrimitives.WriteUInt32LittleEndian(request[WireFrame.HeaderBytes..], ChannelLayout.OpenOp);
        long turn = channel.Send(request, count: 1, pool: null);
        long result = channel.BeginWholeAnswer(turn);
        channel.EndAnswer();
        if (result < 0)
        {
            return null;
        }

        int received = Wire.Native.ReceiveFile((int)socket.Handle, out byte mark, out int? file);
        if (received != 1 || mark != ChannelLayout.FileMark || file is not int descriptor)
        {
            throw channel.Break("The daemon sent no memory where it had promised some.");
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        return result == ChannelLayout.TotalBytes
            ? new ChannelClient(Memory.SharedMemory.Adopt(handle, result), channel)
            : throw channel.Break($"The daemon shares {result:N0} bytes of memory; this library knows channels of {ChannelLayout.TotalBytes:N0}.");
    }

    private int Create(TmemPoolFlags flags) => Join(flags, default, out int id) switch
    {
        JoinResult.Created => id,
        JoinResult.TooManyPools => throw new InvalidOperationException("The client has all the pools it may have, or an operator has ended it."),
        _ => throw new InsufficientMemoryException("The daemon has no room for another pool's records."),
    };

    private JoinResult Join(TmemPoolFlags flags, PoolUuid uuid, out int id)
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        int bytes = new NewPoolOp { Flags = flags | TmemPoolFlags.Version1, Uuid = uuid }.Write(Abi, op);
        long answer = Call(op[..bytes]);
        return WireAnswer.TryReadJoin(answer, out JoinResult result, out id) ? result : throw Misunderstood(answer);
    }
}
