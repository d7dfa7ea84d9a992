using System.Globalization;
using TmemCore.Client;

namespace TmemCore.MovePeer;

/// <summary>A user's process that shares a pool with others through a daemon, and does line by line what its input says.</summary>
public sealed class SharingPeer : IDisposable
{
    private readonly TmemConnection _connection;
    private readonly TextWriter _says;
    private ISharedEphemeralPool? _shared;

    private SharingPeer(TmemConnection connection, TextWriter says)
    {
        _connection = connection;
        _says = says;
    }

    /// <summary>
    /// Connects, says its number and whether it shares memory with the daemon, and follows its input to the end: <c>join UUID</c>, <c>put PAGES</c> and
    /// <c>verify PAGES</c> in the pool that it has joined, <c>keep PAGES</c> in one of its own.
    /// </summary>
    public static void Run(string socketPath, bool sharesMemory, TextReader hears, TextWriter says)
    {
        try
        {
            using var peer = new SharingPeer(
                sharesMemory ? TmemConnection.ConnectSharingMemory(socketPath) : TmemConnection.Connect(socketPath), says);
            says.WriteLine(peer._connection.Id);
            says.WriteLine(peer._connection.UsesSharedMemory ? "memory" : "socket");
            while (hears.ReadLine() is string line)
            {
                peer.Do(line.Split(' '));
            }
        }
        catch (TmemConnectionException e)
        {
            says.WriteLine(e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private void Do(string[] words)
    {
        if (words[0] == "join")
        {
            _says.WriteLine(_connection.TryJoinSharedPool(PoolUuid.FromGuid(Guid.Parse(words[1])), out _shared));
            return;
        }

        int pages = int.Parse(words[1], CultureInfo.InvariantCulture);
        _says.WriteLine(words[0] switch
        {
            "put" => NumberedPages.Put(_shared!, pages) ? "put" : "refused",
            "verify" => NumberedPages.AreIn(_shared!, pages) ? "whole" : "spoiled",
            _ => NumberedPages.Put(_connection.CreatePersistentPool(), pages) ? "kept" : "refused",
        });
    }
}
