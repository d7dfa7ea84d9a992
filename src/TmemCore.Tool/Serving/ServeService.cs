using System.Runtime.Versioning;
using Microsoft.Extensions.Hosting;
using TmemCore.Server;

namespace TmemCore.Tool.Serving;

/// <summary>The daemon in the life of its process: whoever started it is told that it is ready when its socket is open.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ServeService(TmemServer server) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        server.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken) => await server.DisposeAsync();
}
