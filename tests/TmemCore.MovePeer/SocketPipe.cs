using System.IO.Pipelines;
using System.Net.Sockets;

namespace TmemCore.MovePeer;

/// <summary>A socket as a pipe in two directions.</summary>
public sealed class SocketPipe : IDuplexPipe
{
    /// <summary>Wraps a socket, which stays the caller's.</summary>
    public SocketPipe(Socket socket)
    {
        var stream = new NetworkStream(socket);
        Input = PipeReader.Create(stream);
        Output = PipeWriter.Create(stream);
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }
}
