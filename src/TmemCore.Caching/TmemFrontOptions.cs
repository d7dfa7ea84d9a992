namespace TmemCore.Caching;

/// <summary>How a <see cref="TmemCache"/> stands in front of a shared cache. Checked once, when the application starts.</summary>
/// <example><code>services.AddTmemCache().InFrontOf("redis", o =&gt; o.LocalLifetime = TimeSpan.FromSeconds(10));</code></example>
public sealed class TmemFrontOptions
{
    /// <summary>
    /// How long a value may be kept here without a look at the shared cache, and so how long what another node has set may go unseen:
    /// more than 0, up to a day; 30 seconds by default. A value's own expiration may be earlier.
    /// </summary>
    /// <example><code>services.AddTmemCache().InFrontOf("redis", o =&gt; o.LocalLifetime = TimeSpan.FromMinutes(5));</code></example>
    public TimeSpan LocalLifetime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Throws unless the options can be used.</summary>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    internal void Validate()
    {
        if (LocalLifetime <= TimeSpan.Zero || LocalLifetime > TimeSpan.FromDays(1))
        {
            throw new ArgumentException($"{nameof(LocalLifetime)} is {LocalLifetime}; it may be more than 0 and up to a day.");
        }
    }
}
