using System.Net.Sockets;
using System.Runtime.Versioning;
using TmemCore.Server.Nbd;

namespace TmemCore.Server.Takeover;

/// <summary>The successor's side of a takeover.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TakeoverRequest : IDisposable
{
    /// <summary>The other waits for its connections first, then halts its host.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly TakeoverChannel _channel;

    private TakeoverRequest(TakeoverChannel channel) => _channel = channel;

    /// <summary>Goes to a process that offers its host.</summary>
    /// <exception cref="IOException">Nobody offers anything there, or somebody who is not to be believed.</exception>
    public static TakeoverRequest Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            RequireTrusted(path, PeerCredentials.Of(socket), TmemServerOptions.UserIdOfProcess());
            return new TakeoverRequest(new TakeoverChannel(socket, s_patience));
        }
        catch (Exception e)
        {
            socket.Dispose();
            throw e is SocketException ? new IOException($"Nobody offers a host at {path}: {e.Message}", e) : e;
        }
    }

    /// <summary>
    /// What is sent along is believed to the last byte. In a folder where others may make files, too, another user may have made this one while nobody offered.
    /// </summary>
    internal static void RequireTrusted(string path, PeerCredentials peer, uint user)
    {
        if (peer.UserId != user && peer.UserId != 0)
        {
            throw new IOException($"{peer} offers a host at {path}; a host is taken from this process's own user, {user}, or from root.");
        }
    }

    /// <summary>Receives all, and prepares to go on with it.</summary>
    /// <exception cref="IOException">The other does not give it away.</exception>
    /// <exception cref="InvalidDataException">It is of a version that is not known here.</exception>
    public ReceivedParts Receive(TmemHostOptions? hostOptions, NbdServerOptions? diskOptions)
    {
        _channel.Send(TakeoverOffer.Hello);
        if (_channel.ReceiveMark() != TakeoverOffer.Ready)
        {
            throw new IOException($"The other process goes on: {_channel.ReceiveText()}");
        }

        try
        {
            return ReceivedParts.Receive(_channel, hostOptions, diskOptions);
        }
        catch (Exception e) when (e is not EndOfStreamException)
        {
            Refuse(e.Message);
            throw;
        }
    }

    /// <summary>Has the other let go. When it returns, all is this process's; when it throws, the other goes on.</summary>
    /// <exception cref="IOException">The other goes on.</exception>
    public void Confirm()
    {
        _channel.SendMark(TakeoverOffer.Ready);
        if (_channel.ReceiveMark() != TakeoverOffer.Go)
        {
            throw new IOException("The other process goes on.");
        }

        // If the other has given up meanwhile, this fails: nobody may write to the memory before it is said.
        _channel.SendMark(TakeoverOffer.Taken);
    }

    public void Dispose() => _channel.Dispose();

    private void Refuse(string reason)
    {
        try
        {
            _channel.SendMark(TakeoverOffer.Refusal);
            _channel.Send(reason);
        }
        catch (IOException)
        {
            // It has gone: all the same to it.
        }
    }
}
