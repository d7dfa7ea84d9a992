using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using TmemCore.Tool.Observability;
using TmemCore.Tool.Serving;
using Xunit;

namespace TmemCore.Tool.Tests.Observability;

/// <summary>Metrics that are sent to a collector.</summary>
public sealed class MetricsExportTests
{
    [Fact]
    public async Task A_collector_gets_the_meter_at_the_end_at_the_latest()
    {
        var got = new TaskCompletionSource<(string Path, string Type, byte[] Body)>(TaskCreationOptions.RunContinuationsAsynchronously);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using WebApplication collector = builder.Build();
        collector.Run(async context =>
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            got.TrySetResult((context.Request.Path, context.Request.ContentType ?? "", body.ToArray()));
        });
        await collector.StartAsync();
        MetricsOptions options = new ServeMetrics { Otlp = collector.Urls.Single(), OtlpSeconds = 3600 }.ToOptions();

        using var host = new TmemHost(new() { CapacityBytes = 1 << 20, Name = "sent from here" });
        MetricsExport.Begin(options)!.Dispose();

        (string path, string type, byte[] body) = await got.Task;
        Assert.Equal(("/v1/metrics", "application/x-protobuf"), (path, type));
        string text = Encoding.Latin1.GetString(body);
        Assert.All(["tmem.pages", "tmem.memory.committed", "sent from here", "service.name"], name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_exported_that_nobody_asks_for() => Assert.Null(MetricsExport.Begin(new MetricsOptions()));
}
