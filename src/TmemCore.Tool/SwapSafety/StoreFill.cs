using System.Runtime.InteropServices;

namespace TmemCore.Tool.SwapSafety;

/// <summary>
/// Fills a store with pages of a client of its own and drops them again. The host keeps the memory, free for others, so that none of it has to
/// come from the system any more when that is short.
/// </summary>
internal static class StoreFill
{
    private const int PagesPerObject = 256;

    /// <summary>
    /// Fills the host until a page has to go for the next: soon one of its own, since a client without a share pays before all others. Where others have
    /// none either, the oldest pages are theirs, and some go until it is noticed: about an object's.
    /// </summary>
    /// <returns>Bytes that the host holds then.</returns>
    public static long Run(TmemHost host)
    {
        using TmemClient client = host.CreateClient(new() { Name = "prefault", Weight = 0, Compression = PageCompression.None });
        using EphemeralPool pool = client.CreateEphemeralPool();
        var page = new byte[TmemPool.PageBytes];
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(page.AsSpan());
        long evictions = host.GetStatistics().Evictions;
        long count = 0;
        do
        {
            if (count % PagesPerObject == 0 && host.GetStatistics().Evictions != evictions)
            {
                break;
            }

            words.Fill((ulong)count + 1);
            words[0] = ulong.MaxValue;
            if (!pool.TryPut((ulong)(count / PagesPerObject) + 1, (uint)(count % PagesPerObject), page))
            {
                break;
            }

            count++;
        }
        while (pool.PageCount == count);
        return host.CommittedBytes;
    }
}
