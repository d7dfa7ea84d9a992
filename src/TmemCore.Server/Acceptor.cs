using System.Net.Sockets;

namespace TmemCore.Server;

/// <summary>Takes what connects to a listening socket.</summary>
internal static class Acceptor
{
    /// <summary>After a failure, before the next attempt.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes connections until it is told to stop. Whatever keeps one from being taken keeps no other.</summary>
    /// <param name="listener">Where they come.</param>
    /// <param name="welcome">What is done with each.</param>
    /// <param name="tell">Told what went wrong.</param>
    /// <param name="stop">When to stop.</param>
    public static async Task AcceptAsync(Socket listener, Func<Socket, Task> welcome, Action<string> tell, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(stop).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException e)
            {
                // Too many open files, for one: others may close theirs.
                tell($"A connection was not taken: {e.Message}");
                await Task.Delay(s_rest, CancellationToken.None).ConfigureAwait(false);
                continue;
            }

            await welcome(socket).ConfigureAwait(false);
        }
    }
}
