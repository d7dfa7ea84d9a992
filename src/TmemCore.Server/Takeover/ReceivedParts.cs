using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace TmemCore.Server.Takeover;

/// <summary>
/// What a successor has received. Sockets stay plain descriptors until they are its own: closing one of those does nothing to the connection, which
/// the other may go on with.
/// </summary>
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

    /// <summary>Receives all.</summary>
    public static ReceivedParts Receive(TakeoverChannel channel, TmemHostOptions? hostOptions)
    {
        using SafeFileHandle memory = channel.ReceiveFile();
        byte[] state = channel.Receive();
        var received = new List<IDisposable>();
        try
        {
            SafeFileHandle offer = channel.ReceiveFile();
            received.Add(offer);
            RequireParts(channel);
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

            return new ReceivedParts(HostSuccessor.Prepare(memory, state, hostOptions), offer, listener, socketPath, connections);
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
        foreach (HandedConnection connection in Connections)
        {
            connection.Dispose();
        }
    }

    private static void RequireParts(TakeoverChannel channel)
    {
        int parts = channel.ReceiveInt32();
        string name = channel.ReceiveText();
        if (parts != 1 || name != SocketPart)
        {
            throw new InvalidDataException(
                $"The other process has {parts} parts, \"{name}\" first; this one goes on with a part \"{SocketPart}\" alone.");
        }
    }
}
