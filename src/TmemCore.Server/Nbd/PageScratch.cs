namespace TmemCore.Server.Nbd;

/// <summary>What a thread needs to work on the pages of a disk, made once.</summary>
internal sealed class PageScratch
{
    /// <summary>A page that is being put together.</summary>
    public byte[] Page { get; } = new byte[TmemPool.PageBytes];

    /// <summary>What it was before.</summary>
    public byte[] Before { get; } = new byte[TmemPool.PageBytes];

    /// <summary>Names and outcomes of the pages of one object.</summary>
    public PageHandle[] Handles { get; } = new PageHandle[PageMap.ObjectPages];

    public PutResult[] Stored { get; } = new PutResult[PageMap.ObjectPages];

    public GetResult[] Found { get; } = new GetResult[PageMap.ObjectPages];

    /// <summary>The names of neighbouring pages of an object.</summary>
    public ReadOnlySpan<PageHandle> Name(ulong objectNumber, int firstPage, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Handles[i] = new PageHandle(objectNumber, (uint)(firstPage + i));
        }

        return Handles.AsSpan(0, count);
    }
}
