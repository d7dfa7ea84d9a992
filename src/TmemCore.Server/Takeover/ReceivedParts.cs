using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using TmemCore.Server.Nbd;

namespace TmemCore.Server.Takeover;

/// <summary>
/// What a successor has received. Sockets stay plain descriptors until they are its own: closing one of those does nothing to the connection, which
/// the other may go on with.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ReceivedParts : IDisposable
{
    /// <summary>The name of the part that serves the socket protocol.</summary>
    public const string SocketPart = "socket";

    private readonly SafeFileHandle _listener;
    private readonly SafeFileHandle _offer;

    private ReceivedParts(HostSuccessor host, SafeFileHandle offer, SafeFileHandle listener, string socketPath, List<HandedConnection> connections)
    {
        Host = host;
        _offer = offer;
        _listener = listener;
        SocketPath = socketPath;
        Connections = connections;
    }

    /// <summary>The host, not started.</summary>
    public HostSuccessor Host { get; }

    /// <summary>Where the other serves.</summary>
    public string SocketPath { get; }

    public IReadOnlyList<HandedConnection> Connections { get; }

    /// <summary>The disks, if there are any.</summary>
    public ReceivedDisks? Disks { get; private init; }

    /// <summary>What is to serve them, not started.</summary>
    public NbdServer? DiskServer { get; private init; }

    /// <summary>Receives all.</summary>
    public static ReceivedParts Receive(TakeoverChannel channel, TmemHostOptions? hostOptions, NbdServerOptions? diskOptions)
    {
        using SafeFileHandle memory = channel.ReceiveFile();
        byte[] state = channel.Receive();
        var received = new List<IDisposable>();
        try
        {
            SafeFileHandle offer = channel.ReceiveFile();
            received.Add(offer);
            int parts = channel.ReceiveInt32();
            RequirePart(channel, SocketPart);
            SafeFileHandle listener = channel.ReceiveFile();
            received.Add(listener);
            string socketPath = channel.ReceiveText();
            var connections = new List<HandedConnection>();
            for (int left = channel.ReceiveInt32(); left > 0; left--)
            {
                HandedConnection connection = HandedConnection.Receive(channel);
                received.Add(connection);
                connections.Add(connection);
            }

            ReceivedDisks? disks = ReceiveDisks(channel, parts, diskOptions);
            if (disks is not null)
            {
                received.Add(disks);
            }

            var host = HostSuccessor.Prepare(memory, state, hostOptions);
            received.Add(host);
            return new ReceivedParts(host, offer, listener, socketPath, connections)
            {
                Disks = disks,
                DiskServer = disks is null ? null : NbdServer.Prepare(host.Host, diskOptions!, disks),
            };
        }
        catch
        {
            received.ForEach(static file => file.Dispose());
            throw;
        }
    }

    /// <summary>The socket at which clients come.</summary>
    public Socket TakeListener() => SocketOf(_listener);

    /// <summary>The socket at which successors come.</summary>
    public Socket TakeOffer() => SocketOf(_offer);

    /// <summary>Makes a socket of a descriptor, which is the socket's then.</summary>
    public static Socket SocketOf(SafeFileHandle file)
    {
        var handle = new SafeSocketHandle(file.DangerousGetHandle(), ownsHandle: true);
        file.SetHandleAsInvalid();
        return new Socket(handle);
    }

    /// <summary>Leaves all to the other process.</summary>
    public void Dispose()
    {
        Host.Dispose();
        _offer.Dispose();
        _listener.Dispose();
        Disks?.Dispose();
        foreach (HandedConnection connection in Connections)
        {
            connection.Dispose();
        }
    }

    private static ReceivedDisks? ReceiveDisks(TakeoverChannel channel, int parts, NbdServerOptions? options)
    {
        if (parts == 1)
        {
            return options is null ? null : throw new InvalidDataException("The other process serves no disks; the settings here say some.");
        }

        RequirePart(channel, ReceivedDisks.Part);
        ReceivedDisks disks = ReceivedDisks.Receive(channel);
        try
        {
            disks.RequireSame(options);
            return disks;
        }
        catch
        {
            disks.Dispose();
            throw;
        }
    }

    private static void RequirePart(TakeoverChannel channel, string wanted)
    {
        string name = channel.ReceiveText();
        if (name != wanted)
        {
            throw new InvalidDataException($"The other process hands a part \"{name}\" over, where this one goes on with \"{wanted}\".");
        }
    }
}
