namespace TmemCore.Tool.Density;

/// <summary>What a host knows of a page beside its data: the descriptor and a share of the index of handles.</summary>
internal static class IndexShare
{
    /// <summary>Pages an object, as files and stretches of swap have them.</summary>
    public const int PagesPerObject = 64;

    private const int Pages = 1 << 14;

    /// <summary>Fills a host of its own and looks.</summary>
    /// <returns>Bytes a page, the host's fixed tables included.</returns>
    /// <exception cref="InsufficientMemoryException">This machine has no 80 MiB for it.</exception>
    public static double MeasureBytesPerPage()
    {
        const long DataBytes = (long)Pages * TmemPool.PageBytes;
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = DataBytes + (DataBytes / 4) });
        using TmemClient client = host.CreateClient();
        using PersistentPool pool = client.CreatePersistentPool();
        var page = new byte[TmemPool.PageBytes];
        for (int i = 0; i < Pages; i++)
        {
            if (pool.Put((ulong)(i / PagesPerObject), (uint)(i % PagesPerObject), page) != PutResult.Stored)
            {
                throw new InsufficientMemoryException($"A host of {DataBytes:N0} bytes took {i:N0} pages only.");
            }
        }

        return (double)host.Store.MetadataBytes / Pages;
    }
}
