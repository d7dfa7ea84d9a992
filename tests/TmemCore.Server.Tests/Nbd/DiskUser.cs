using System.Net.Sockets;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>Somebody who has a part of a disk for himself, and knows at any time what has to be there.</summary>
internal static class DiskUser
{
    private const int PageBytes = TmemPool.PageBytes;

    /// <summary>Reads and writes until told to stop, and counts how often.</summary>
    public static void Use(UnixDomainSocketEndPoint place, string export, int number, ref int rounds, CancellationToken stop)
    {
        using NbdPeer peer = NbdPeer.Enter(place, export, isStructured: number % 2 == 0);
        var random = new Random(number);
        var written = new uint[100];
        for (uint round = 1; !stop.IsCancellationRequested; round++)
        {
            int page = random.Next(written.Length);
            long offset = ((number * written.Length) + page) * (long)PageBytes;
            Assert.Equal(written[page] == 0 ? new byte[PageBytes] : Noise(written[page]), peer.ReadDisk(offset, PageBytes));
            peer.WriteDisk(offset, Noise(round));
            written[page] = round;
            Interlocked.Increment(ref rounds);
        }
    }

    /// <summary>A page that no codec makes smaller.</summary>
    public static byte[] Noise(uint seed)
    {
        var page = new byte[PageBytes];
        new Random((int)seed).NextBytes(page);
        return page;
    }
}
