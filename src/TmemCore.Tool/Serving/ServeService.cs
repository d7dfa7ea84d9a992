using System.Runtime.Versioning;
using Microsoft.Extensions.Hosting;
using TmemCore.Server;
using TmemCore.Server.Nbd;
using TmemCore.Tool.Observability;

namespace TmemCore.Tool.Serving;

/// <summary>The daemon in the life of its process: whoever started it is told that it is ready when its sockets are open.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ServeService(TmemServer server, NbdServer? disks, DaemonHealth health, bool isTakenOver) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!isTakenOver)
        {
            disks?.Start();
            server.Start();
        }

        health.Serve();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        health.Stop();
        await server.DisposeAsync();
        if (disks is not null)
        {
            await disks.DisposeAsync();
        }
    }
}
