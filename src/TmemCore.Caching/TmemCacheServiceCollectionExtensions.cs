using TmemCore.Caching;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a <see cref="TmemCache"/> to services, as the distributed cache that HybridCache, FusionCache and others look for.</summary>
public static class TmemCacheServiceCollectionExtensions
{
    /// <summary>As <see cref="AddTmemCache(IServiceCollection, Action{TmemCacheOptions})"/>, with the defaults of all options.</summary>
    /// <param name="services">The services.</param>
    /// <returns>A builder, to put the cache in front of a shared one.</returns>
    /// <example><code>services.AddTmemCache();</code></example>
    public static TmemCacheBuilder AddTmemCache(this IServiceCollection services) => services.AddTmemCache(static _ => { });

    /// <summary>
    /// Adds a cache as <see cref="TmemCache"/>, <see cref="Caching.Distributed.IDistributedCache"/> and
    /// <see cref="Caching.Distributed.IBufferDistributedCache"/>. Its options are checked when the application starts, it uses the
    /// <see cref="TimeProvider"/> of the services if there is one, and its values go when the services are disposed.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>A builder, to put the cache in front of a shared one.</returns>
    /// <example><code>services.AddTmemCache(o =&gt; o.CapacityBytes = 2L &lt;&lt; 30);</code></example>
    public static TmemCacheBuilder AddTmemCache(this IServiceCollection services, Action<TmemCacheOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, name: "", configure);
    }

    /// <summary>As <see cref="AddTmemCache(IServiceCollection, Action{TmemCacheOptions})"/>, under a key: several caches beside each other.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The key of the services, the name of the options and the cache's name in metrics.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>A builder, to put the cache in front of a shared one.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <example><code>
    /// services.AddTmemCache("thumbnails", o =&gt; o.CapacityBytes = 8L &lt;&lt; 30);
    /// IDistributedCache thumbnails = provider.GetRequiredKeyedService&lt;IDistributedCache&gt;("thumbnails");
    /// </code></example>
    public static TmemCacheBuilder AddTmemCache(this IServiceCollection services, string name, Action<TmemCacheOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Add(services, name, configure);
    }

    private static TmemCacheBuilder Add(IServiceCollection services, string name, Action<TmemCacheOptions> configure)
    {
        var builder = new TmemCacheBuilder(services, name);
        builder.Register(configure);
        return builder;
    }
}
