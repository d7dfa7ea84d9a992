namespace TmemCore.Tests;

/// <summary>A source that gives the page of a seed.</summary>
internal readonly struct SeedSource(ulong seed) : IPageSource
{
    public bool TryRead(Span<byte> page)
    {
        Pages.Fill(page, seed);
        return true;
    }
}

/// <summary>A source that has written half of a page when it fails.</summary>
internal readonly struct UnreadableSource : IPageSource
{
    public bool TryRead(Span<byte> page)
    {
        page[..(page.Length / 2)].Fill(0xEE);
        return false;
    }
}

/// <summary>A source that has written half of a page when it throws.</summary>
internal readonly struct ThrowingSource : IPageSource
{
    public bool TryRead(Span<byte> page)
    {
        page[..(page.Length / 2)].Fill(0xEE);
        throw new TimeoutException("The source does not answer.");
    }
}
