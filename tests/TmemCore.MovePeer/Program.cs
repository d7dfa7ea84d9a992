// A process for tests to start and to kill. One side of a move sends a client of so many pages to a socket, or receives one, and then waits to be
// killed or for its input to end; a user of a daemon does what its input says. What it has come to it says in words.
using System.Net.Sockets;
using TmemCore;
using TmemCore.Migration;
using TmemCore.MovePeer;

if (args[0] == "share")
{
    SharingPeer.Run(args[1], sharesMemory: args[2] == "memory", Console.In, Console.Out);
    return;
}

using var host = new TmemHost(new TmemHostOptions { CapacityBytes = 64 << 20, HashSeed = 1 });
using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
await socket.ConnectAsync(new UnixDomainSocketEndPoint(args[1]));
var pipe = new SocketPipe(socket);
int pages = int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture);
try
{
    if (args[0] == "send")
    {
        TmemClient client = host.CreateClient();
        if (!NumberedPages.Put(client.CreatePersistentPool(), pages))
        {
            throw new InvalidOperationException("A page was not stored.");
        }

        await ClientMigration.SendAsync(client, pipe);
        Console.WriteLine("gone");
    }
    else
    {
        TmemClient client = await ClientMigration.ReceiveAsync(host, pipe);
        Console.WriteLine(client.TryGetPool(0, out TmemPool? pool) && NumberedPages.AreIn((PersistentPool)pool, pages) ? "whole" : "spoiled");
    }
}
catch (MigrationException e)
{
    Console.WriteLine(e.Outcome);
}

await Console.In.ReadToEndAsync();
