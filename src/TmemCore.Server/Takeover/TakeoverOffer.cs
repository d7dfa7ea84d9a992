using System.Net.Sockets;
using System.Text;

namespace TmemCore.Server.Takeover;

/// <summary>
/// Offers a host and its connections to a successor, at a socket of its own. Whatever fails before the successor has said that it has them, they go
/// on here. One attempt at a time, on a thread of its own.
/// </summary>
internal sealed class TakeoverOffer : IDisposable
{
    /// <summary>What a successor begins with: whoever says something else is none.</summary>
    public const string Hello = "tmem takeover 2";

    public const char Ready = 'r';
    public const char Go = 'g';
    public const char Taken = 't';
    public const char Refusal = 'f';

    /// <summary>After something has failed: too many open files, for one, are as many at once again.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(100);

    private readonly TmemHost _host;
    private readonly TmemServerOptions _options;
    private readonly IReadOnlyList<ITakeoverPart> _parts;
    private readonly Socket _listener;
    private readonly Action<string> _tell;
    private readonly Thread _thread;
    private readonly Lock _attempt = new();
    private volatile bool _isOver;
    private volatile bool _isTaken;

    public TakeoverOffer(TmemHost host, TmemServerOptions options, IReadOnlyList<ITakeoverPart> parts, Socket listener, Action<string> tell)
    {
        _host = host;
        _options = options;
        _parts = parts;
        _listener = listener;
        _tell = tell;
        _thread = new Thread(Run) { Name = "TmemCore takeover", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Offers nothing any more. An attempt under way comes to its end first.</summary>
    public void Dispose()
    {
        _isOver = true;
        lock (_attempt)
        {
            // Not within an attempt: it sends the listener along, and whose it is shows at its end.
            if (!_isTaken)
            {
                _listener.Dispose();
            }
        }

        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        while (!_isTaken && !_isOver)
        {
            try
            {
                using Socket socket = _listener.Accept();
                lock (_attempt)
                {
                    if (!_isOver)
                    {
                        Serve(socket);
                    }
                }
            }
            catch (Exception e)
            {
                // Whatever it is ends the attempt alone: what leaves this thread ends the process, with all pages.
                if (!_isOver)
                {
                    _tell($"Nobody has taken over: {e.Message}");
                    Thread.Sleep(s_rest);
                }
            }
        }
    }

    private void Serve(Socket socket)
    {
        PeerCredentials peer = PeerCredentials.Of(socket);
        using var channel = new TakeoverChannel(socket, _options.SuccessorPatience);
        if (peer.UserId != 0 && peer.UserId != TmemServerOptions.UserIdOfProcess())
        {
            _tell($"{peer} may not take over.");
            return;
        }

        if (Encoding.UTF8.GetString(channel.Receive()) != Hello)
        {
            Refuse(channel, $"This process hands over by \"{Hello}\".");
            return;
        }

        try
        {
            if (PauseAll() is string obstacle)
            {
                Refuse(channel, $"Not just now: {obstacle}.");
                return;
            }

            HandOver(channel, peer);
        }
        finally
        {
            // The last part first: the first one tells the process that it may end.
            foreach (ITakeoverPart part in _parts.Reverse())
            {
                if (_isTaken)
                {
                    part.Leave(peer.ProcessId);
                }
                else
                {
                    part.Resume();
                }
            }
        }
    }

    private string? PauseAll()
    {
        foreach (ITakeoverPart part in _parts)
        {
            if (part.PauseAsync(_options.PausePatience).GetAwaiter().GetResult() is string obstacle)
            {
                return obstacle;
            }
        }

        return null;
    }

    private void HandOver(TakeoverChannel channel, PeerCredentials peer)
    {
        HostHandover handover;
        try
        {
            handover = _host.BeginHandover();
        }
        catch (InvalidOperationException e)
        {
            Refuse(channel, e.Message);
            throw;
        }

        using (handover)
        {
            channel.SendMark(Ready);
            channel.Send(handover.Memory);
            channel.Send(handover.State.Span);
            channel.Send(_listener.SafeHandle);
            channel.Send(_parts.Count);
            foreach (ITakeoverPart part in _parts)
            {
                channel.Send(part.Name);
                part.Send(channel);
            }

            if (channel.ReceiveMark() != Ready)
            {
                throw new IOException($"{peer} cannot take over: {channel.ReceiveText()}");
            }

            if (!IsTaken(channel))
            {
                throw new IOException($"{peer} did not say in time that it has taken over.");
            }

            _isTaken = true;
            LeftSocket.Keep(_listener);
            handover.Complete();
        }

        _tell($"{peer} has taken over.");
    }

    /// <summary>The switch. From here on it is the successor that decides, by a word that it either said before the channel was closed or cannot say any more.</summary>
    private static bool IsTaken(TakeoverChannel channel)
    {
        try
        {
            channel.SendMark(Go);
            return channel.ReceiveMark() == Taken;
        }
        catch (IOException)
        {
        }

        try
        {
            channel.Close();
            return channel.ReceiveMark() == Taken;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return false;
        }
    }

    private static void Refuse(TakeoverChannel channel, string reason)
    {
        channel.SendMark(Refusal);
        channel.Send(reason);
    }
}
