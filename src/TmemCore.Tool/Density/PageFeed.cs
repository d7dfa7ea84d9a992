namespace TmemCore.Tool.Density;

/// <summary>Where pages come from, by number. What cannot be read any more is passed over.</summary>
internal abstract class PageFeed : IDisposable
{
    /// <summary>Pages that there were when it was made.</summary>
    public abstract int Pages { get; }

    /// <summary>What they are, for people.</summary>
    public abstract string Description { get; }

    /// <summary>Reads a page.</summary>
    /// <param name="number">0 to <see cref="Pages"/> less 1; rising numbers are the fastest.</param>
    /// <param name="page">Exactly 4,096 bytes.</param>
    /// <returns>False when it is gone.</returns>
    public abstract bool TryRead(int number, Span<byte> page);

    /// <inheritdoc/>
    public abstract void Dispose();
}
