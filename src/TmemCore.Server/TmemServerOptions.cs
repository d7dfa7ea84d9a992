using System.Globalization;
using TmemCore.Wire;

namespace TmemCore.Server;

/// <summary>How a host is served.</summary>
public sealed record TmemServerOptions
{
    private const int MostChannels = 1024;

    /// <summary>The socket's path; <see cref="DefaultSocketPath"/> by default. A path of Linux has 107 bytes at most.</summary>
    public string SocketPath { get; init; } = DefaultSocketPath;

    /// <summary>Who may open the socket at all, before <see cref="Access"/> is asked: its owner alone by default.</summary>
    public UnixFileMode SocketMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Who may connect and what they get: the first rule that fits decides, and whom none fits is turned away. By default the server's own user
    /// and root may connect and control.
    /// </summary>
    public IReadOnlyList<TmemAccess> Access { get; init; } =
    [
        new() { UserId = UserIdOfProcess(), MayControl = true },
        new() { UserId = 0, MayControl = true },
    ];

    /// <summary>
    /// A second socket, at which another process of the same user, or of root, may take the host and all connections over, see
    /// <see cref="TmemServer.TakeOver"/>; only the server's own user may open it. Null, the default, for none. The host's memory has to be a memory file
    /// (<see cref="BackingMemory.MemoryFile"/>).
    /// </summary>
    /// <example><code>
    /// new TmemServerOptions { SocketPath = "/run/tmem.sock", TakeoverPath = "/run/tmem.sock.takeover" }
    /// </code></example>
    public string? TakeoverPath { get; init; }

    /// <summary>Connections at a time at most, 1 to 65,535. 1,024 by default.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>
    /// Connections that have a channel in shared memory at a time at most, 0 to 1,024: each takes a thread, and some 260 KiB beside the host's capacity. 16 by
    /// default; to whom none is given, the socket is left.
    /// </summary>
    public int MaxChannels { get; init; } = 16;

    /// <summary>How long a peer may take to end a request it has begun, or to take an answer. 10 seconds by default.</summary>
    public TimeSpan PeerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Told, in a sentence each, who came, who went, and why somebody was turned away or cut off. Nobody by default. Called from any
    /// thread, and not any more when the server is disposed; what it throws is left out.
    /// </summary>
    public Action<string>? Log { get; init; }

    /// <summary>The socket where nothing else is said: <c>tmem.sock</c> in the user's runtime folder, or in <c>/run</c>.</summary>
    public static string DefaultSocketPath => WireSocket.DefaultPath;

    /// <summary>How long connections may take to come to a place between two requests before a takeover; clients wait meanwhile.</summary>
    internal TimeSpan PausePatience { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a successor may be silent; clients wait meanwhile.</summary>
    internal TimeSpan SuccessorPatience { get; init; } = TimeSpan.FromMilliseconds(700);

    internal void Validate()
    {
        UnixListener.Validate(SocketPath, nameof(SocketPath));
        if (TakeoverPath is not null)
        {
            UnixListener.Validate(TakeoverPath, nameof(TakeoverPath));
        }

        if (MaxConnections is < 1 or > TmemHostOptions.MaximumClients)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxConnections), MaxConnections, $"{nameof(MaxConnections)} is {MaxConnections}; it may be 1 to {TmemHostOptions.MaximumClients}.");
        }

        if (MaxChannels is < 0 or > MostChannels)
        {
            throw new ArgumentOutOfRangeException(nameof(MaxChannels), MaxChannels, $"{nameof(MaxChannels)} is {MaxChannels}; it may be 0 to {MostChannels}.");
        }

        ArgumentNullException.ThrowIfNull(Access);
        foreach (TmemAccess rule in Access)
        {
            ArgumentNullException.ThrowIfNull(rule, nameof(Access));
            rule.Validate();
        }

        if (PeerTimeout <= TimeSpan.Zero || PeerTimeout.TotalMilliseconds > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                nameof(PeerTimeout),
                PeerTimeout,
                string.Create(CultureInfo.InvariantCulture, $"{nameof(PeerTimeout)} is {PeerTimeout}; it may be more than nothing and up to 24 days."));
        }
    }

    /// <summary>The user of this process: the owner of what it makes.</summary>
    internal static uint UserIdOfProcess()
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal))
            {
                return uint.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture);
            }
        }

        throw new PlatformNotSupportedException("The system does not tell in /proc/self/status which user the process is.");
    }
}
