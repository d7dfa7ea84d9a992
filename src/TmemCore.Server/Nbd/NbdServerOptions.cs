using System.Globalization;
using System.Net;
using TmemCore.Wire;

namespace TmemCore.Server.Nbd;

/// <summary>What an <see cref="NbdServer"/> serves, where, and within which limits.</summary>
public sealed record NbdServerOptions
{
    private const int MostConnections = 4096;
    private const int LeastRequestBytes = 64 << 10;
    private const int MostRequestBytes = 1 << 30;

    /// <summary>What is served, in this order.</summary>
    public required IReadOnlyList<NbdExportOptions> Exports { get; init; }

    /// <summary>The path of the Unix socket; <see cref="DefaultSocketPath"/> by default, null for none. A path of Linux has 107 bytes at most.</summary>
    public string? SocketPath { get; init; } = DefaultSocketPath;

    /// <summary>Who may open the socket: its owner alone by default. Whoever may open it reads and writes all exports.</summary>
    public UnixFileMode SocketMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Where to listen for TCP, too; null, the default, for nowhere. Every user of the machine can connect there, and nothing is encrypted.</summary>
    public IPEndPoint? EndPoint { get; init; }

    /// <summary>Whether <see cref="EndPoint"/> may be reached from other machines. False by default.</summary>
    public bool AllowsOtherMachines { get; init; }

    /// <summary>Connections at a time at most, 1 to 4,096: each has a thread, and 576 KiB for its bytes. 64 by default.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>
    /// Requests of one connection to a cache that may be under way at a time, 1 to 1,024; more are read when some are done. 32 by default. Requests
    /// to a persistent disk are done as they come.
    /// </summary>
    public int MaxRequestsInFlight { get; init; } = 32;

    /// <summary>The most that one request reads or writes: 64 KiB to 1 GiB. 32 MiB by default, which is what clients count on.</summary>
    public int MaxRequestBytes { get; init; } = NbdWire.UsualPayloadBytes;

    /// <summary>How long a peer may take for the handshake. 10 seconds by default.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether all of this process is kept in memory from the start on, its code and its managed heap, too, and the host takes all memory from the system
    /// when the server starts that disks without a spill file may need; the threads of connections run before others where the process may have that (CAP_SYS_NICE). It is
    /// for a disk that the very machine swaps to, and takes a right (CAP_IPC_LOCK). False by default.
    /// </summary>
    public bool LocksProcess { get; init; }

    /// <summary>
    /// Told, in a sentence each, who came, who went and why. Nobody by default. Called from any thread, and not any more when the server is disposed; what it
    /// throws is left out.
    /// </summary>
    public Action<string>? Log { get; init; }

    /// <summary>The socket where nothing else is said: <c>tmem-nbd.sock</c> in the user's runtime folder, or in <c>/run</c>.</summary>
    public static string DefaultSocketPath => Path.Combine(Path.GetDirectoryName(WireSocket.DefaultPath)!, "tmem-nbd.sock");

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Exports);
        foreach (NbdExportOptions export in Exports)
        {
            ArgumentNullException.ThrowIfNull(export, nameof(Exports));
            export.Validate();
        }

        if (Exports.Count == 0 || Exports.Select(static export => export.Name).Distinct(StringComparer.Ordinal).Count() != Exports.Count)
        {
            throw new ArgumentException($"{nameof(Exports)} has {Exports.Count} exports; it has one or more, each with a name of its own.", nameof(Exports));
        }

        ValidatePlace();
        Require(MaxConnections is >= 1 and <= MostConnections, nameof(MaxConnections), MaxConnections, $"1 to {MostConnections:N0}");
        Require(MaxRequestsInFlight is >= 1 and <= 1024, nameof(MaxRequestsInFlight), MaxRequestsInFlight, "1 to 1,024");
        Require(
            MaxRequestBytes is >= LeastRequestBytes and <= MostRequestBytes,
            nameof(MaxRequestBytes),
            MaxRequestBytes,
            string.Create(CultureInfo.InvariantCulture, $"{LeastRequestBytes:N0} to {MostRequestBytes:N0}"));
        Require(
            HandshakeTimeout > TimeSpan.Zero && HandshakeTimeout.TotalMilliseconds <= int.MaxValue,
            nameof(HandshakeTimeout),
            HandshakeTimeout,
            "more than nothing and up to 24 days");
    }

    private void ValidatePlace()
    {
        if (SocketPath is null && EndPoint is null)
        {
            throw new ArgumentException($"Neither {nameof(SocketPath)} nor {nameof(EndPoint)} says where to listen; one of them has to.", nameof(SocketPath));
        }

        if (SocketPath is not null)
        {
            UnixListener.Validate(SocketPath, nameof(SocketPath));
        }

        if (EndPoint is not null && !AllowsOtherMachines && !IPAddress.IsLoopback(EndPoint.Address))
        {
            throw new ArgumentException(
                $"{nameof(EndPoint)} is {EndPoint}, which other machines may reach, without a password and in clear; it may be 127.0.0.1 or ::1, unless {nameof(AllowsOtherMachines)} is set.",
                nameof(EndPoint));
        }
    }

    private static void Require(bool holds, string name, object value, string right)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it may be {right}."));
        }
    }
}
