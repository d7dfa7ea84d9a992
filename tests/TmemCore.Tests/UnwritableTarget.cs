namespace TmemCore.Tests;

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
