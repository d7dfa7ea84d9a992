using System.Net.Sockets;

namespace TmemCore.Server.Takeover;

/// <summary>Sockets that go on in another process.</summary>
internal static class LeftSocket
{
    /// <summary>
    /// Leaves a socket's descriptor open until the process ends, which is soon. Closed before, it would remove the file of a socket that listens, and
    /// the runtime would go on watching a number that may be another file's by then.
    /// </summary>
    public static void Keep(Socket socket)
    {
        GC.SuppressFinalize(socket);
        GC.SuppressFinalize(socket.SafeHandle);
    }

    /// <summary>Ends a connection that another process has had, and may have open still.</summary>
    public static void End(Socket socket)
    {
        Break(socket);
        socket.Dispose();
    }

    /// <summary>Ends a connection for whoever reads from it or writes to it; by any thread, at any time.</summary>
    public static void Break(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer has gone, or the connection is over here.
        }
    }
}
