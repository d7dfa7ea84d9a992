namespace TmemCore.Tests;

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
