using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TmemCore.Caching;

/// <summary>A cache that has been added to services, see <see cref="TmemCacheServiceCollectionExtensions"/>.</summary>
public sealed class TmemCacheBuilder
{
    private const string UnnamedInMetrics = "default";

    internal TmemCacheBuilder(IServiceCollection services, string name)
    {
        Services = services;
        Name = name;
    }

    /// <summary>The services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The cache's name: the key of its services; empty for those without one.</summary>
    public string Name { get; }

    private object? ServiceKey => Name.Length == 0 ? null : Name;

    /// <summary>
    /// Puts the cache in front of another one that several nodes share: what is registered as <see cref="IDistributedCache"/> then reads here, then there, and sets
    /// there, then here. Failures of the shared cache are the caller's, and leave nothing here. What other nodes set is seen when
    /// <see cref="TmemFrontOptions.LocalLifetime"/> is over at the latest.
    /// </summary>
    /// <param name="sharedKey">The key that the shared <see cref="IDistributedCache"/> is registered under.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The key is the cache's own.</exception>
    /// <example><code>
    /// services.AddKeyedSingleton&lt;IDistributedCache&gt;("redis", (_, _) =&gt; new RedisCache(redisOptions));
    /// services.AddTmemCache(o =&gt; o.CapacityBytes = 2L &lt;&lt; 30).InFrontOf("redis");
    /// </code></example>
    public TmemCacheBuilder InFrontOf(object sharedKey, Action<TmemFrontOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(sharedKey);
        if (sharedKey.Equals(ServiceKey))
        {
            throw new ArgumentException($"sharedKey is {sharedKey}, this cache's own name; it should be the key of the shared cache.", nameof(sharedKey));
        }

        OptionsBuilder<TmemFrontOptions> options = Services.AddOptions<TmemFrontOptions>(Name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        string name = Name;
        Services.AddSingleton<IValidateOptions<TmemFrontOptions>>(new OptionsValidator<TmemFrontOptions>(name, static options => options.Validate()));
        Services.AddKeyedSingleton(new FrontKey(name), (services, _) => new FrontCache(
            CacheOf(services, name),
            services.GetRequiredKeyedService<IDistributedCache>(sharedKey),
            services.GetRequiredService<IOptionsMonitor<TmemFrontOptions>>().Get(name),
            services.GetService<TimeProvider>() ?? TimeProvider.System));
        Forward(static (services, name) => services.GetRequiredKeyedService<FrontCache>(new FrontKey(name)));
        return this;
    }

    /// <summary>How a message names a cache.</summary>
    internal static string Describe(string name) => name.Length == 0 ? "The TmemCache without a name" : $"The TmemCache \"{name}\"";

    /// <summary>Registers the cache itself, and as what others ask for.</summary>
    internal void Register(Action<TmemCacheOptions> configure)
    {
        Services.AddOptions<TmemCacheOptions>(Name).Configure(configure).ValidateOnStart();
        string name = Name;
        Services.AddSingleton<IValidateOptions<TmemCacheOptions>>(new OptionsValidator<TmemCacheOptions>(name, static options => options.Validate()));
        Services.TryAdd(new ServiceDescriptor(typeof(TmemCache), ServiceKey, (services, _) => Make(services, name), ServiceLifetime.Singleton));
        Forward(CacheOf);
    }

    private static TmemCache CacheOf(IServiceProvider services, string name) =>
        name.Length == 0 ? services.GetRequiredService<TmemCache>() : services.GetRequiredKeyedService<TmemCache>(name);

    private static TmemCache Make(IServiceProvider services, string name) => new(
        services.GetRequiredService<IOptionsMonitor<TmemCacheOptions>>().Get(name),
        services.GetService<TimeProvider>(),
        services.GetService<ILoggerFactory>(),
        services.GetService<IMeterFactory>(),
        name.Length == 0 ? UnnamedInMetrics : name);

    /// <summary>Has the interfaces lead to an implementation: of several registrations the last one counts.</summary>
    private void Forward(Func<IServiceProvider, string, IBufferDistributedCache> find)
    {
        string name = Name;
        Services.Add(new ServiceDescriptor(typeof(IDistributedCache), ServiceKey, (services, _) => find(services, name), ServiceLifetime.Singleton));
        Services.Add(new ServiceDescriptor(typeof(IBufferDistributedCache), ServiceKey, (services, _) => find(services, name), ServiceLifetime.Singleton));
    }

    /// <summary>What a front is registered under, which nobody else can ask for.</summary>
    private sealed record FrontKey(string Name);
}
