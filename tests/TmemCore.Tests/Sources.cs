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

/// <summary>A source that tells when it is asked and then waits to be let go.</summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _entered = new();
    private readonly ManualResetEventSlim _opened = new();

    public void Open() => _opened.Set();

    public void AwaitEntry() => _entered.Wait();

    public void Pass()
    {
        _entered.Set();
        _opened.Wait();
    }

    public void Dispose()
    {
        _entered.Dispose();
        _opened.Dispose();
    }
}

/// <summary>A source behind a gate.</summary>
internal readonly struct GatedSource(Gate gate, ulong seed) : IPageSource
{
    public bool TryRead(Span<byte> page)
    {
        gate.Pass();
        Pages.Fill(page, seed);
        return true;
    }
}

/// <summary>A target behind a gate.</summary>
internal readonly struct GatedTarget(Gate gate) : IPageTarget
{
    public bool TryWrite(ReadOnlySpan<byte> page)
    {
        gate.Pass();
        return true;
    }
}

/// <summary>A target that cannot be written.</summary>
internal readonly struct UnwritableTarget : IPageTarget
{
    public bool TryWrite(ReadOnlySpan<byte> page) => false;
}

/// <summary>A target that throws.</summary>
internal readonly struct ThrowingTarget : IPageTarget
{
    public bool TryWrite(ReadOnlySpan<byte> page) => throw new TimeoutException("The target does not answer.");
}
