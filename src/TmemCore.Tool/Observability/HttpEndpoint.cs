using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;

namespace TmemCore.Tool.Observability;

/// <summary>
/// Metrics, health and readiness over HTTP: <c>/metrics</c>, <c>/health</c>, <c>/ready</c>. It has a life of its own, so that it answers while
/// the daemon starts and stops, and limits that keep a flood of requests from taking much memory.
/// </summary>
internal sealed class HttpEndpoint : IAsyncDisposable
{
    private const int MostConnections = 32;
    private const int MostHeaderBytes = 8 << 10;
    private static readonly TimeSpan s_headerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_idleTimeout = TimeSpan.FromSeconds(75);

    private readonly WebApplication _application;

    private HttpEndpoint(WebApplication application) => _application = application;

    /// <summary>Where it listens, as in <c>http://127.0.0.1:9464</c>.</summary>
    public string Address => _application.Urls.Single();

    /// <summary>Begins to listen.</summary>
    /// <param name="address">Where; port 0 for any that is free.</param>
    /// <param name="health">What health and readiness say.</param>
    /// <param name="metrics">What the metrics are taken from; it must have an exporter for Prometheus.</param>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<HttpEndpoint> StartAsync(IPEndPoint address, DaemonHealth health, MeterProvider metrics)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Limit(kestrel, address));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        WebApplication application = builder.Build();
        application.Map("/health", branch => branch.Run(context => TellHealthAsync(context, health)));
        application.Map("/ready", branch => branch.Run(context => TellReadyAsync(context, health)));
        application.UseOpenTelemetryPrometheusScrapingEndpoint(
            metrics, predicate: null, path: "/metrics", configureBranchedPipeline: null, optionsName: null);
        try
        {
            await application.StartAsync();
            return new HttpEndpoint(application);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static void Limit(KestrelServerOptions kestrel, IPEndPoint address)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxRequestHeadersTotalSize = MostHeaderBytes;
        kestrel.Limits.RequestHeadersTimeout = s_headerTimeout;
        kestrel.Limits.KeepAliveTimeout = s_idleTimeout;
        kestrel.Listen(address, listen => listen.Protocols = HttpProtocols.Http1);
    }

    private static async Task TellHealthAsync(HttpContext context, DaemonHealth health)
    {
        if (health.IsStopping)
        {
            await TellAsync(context, isWell: false, "stopping");
            return;
        }

        bool isAlive = await health.IsAliveAsync(context.RequestAborted);
        await TellAsync(context, isAlive, isAlive ? "alive" : "the store does not answer");
    }

    private static Task TellReadyAsync(HttpContext context, DaemonHealth health) =>
        TellAsync(context, health.IsReady, health.IsReady ? "ready" : health.IsStopping ? "stopping" : "starting");

    private static Task TellAsync(HttpContext context, bool isWell, string word)
    {
        context.Response.StatusCode = isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(word + "\n", context.RequestAborted);
    }

    /// <summary>Signals to the process are the daemon's affair.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
