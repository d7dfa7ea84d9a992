using System.Net;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using OpenTelemetry.Metrics;
using TmemCore.Client;
using TmemCore.Server;
using TmemCore.Tool.Observability;
using TmemCore.Tool.Serving;
using Xunit;

namespace TmemCore.Tool.Tests.Observability;

/// <summary>What a monitoring system sees of a daemon over HTTP.</summary>
[SupportedOSPlatform("linux")]
public sealed class HttpEndpointTests
{
    private static readonly IPEndPoint s_anyPort = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Prometheus_finds_every_name_of_every_query_that_the_page_on_metrics_gives()
    {
        using var host = new TmemHost(new() { CapacityBytes = 8 << 20, ClientMetrics = true, Name = "here" });
        using TmemClient client = host.CreateClient();
        using PersistentPool pool = client.CreatePersistentPool();
        var page = new byte[TmemPool.PageBytes];
        while (host.GetStatistics().Latency.Get.Samples == 0)
        {
            pool.Put(1, 0, page);
            pool.Get(1, 0, page);
        }

        using MeterProvider meters = MetricsExport.Begin(new() { Prometheus = s_anyPort })!;
        await using HttpEndpoint endpoint = await HttpEndpoint.StartAsync(s_anyPort, HealthOf(host), meters);
        using var web = new HttpClient();
        string text = await web.GetStringAsync($"{endpoint.Address}/metrics");

        string[] served = [.. Regex.Matches(text, @"^(tmem_\w+)\{", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Distinct()];
        string[] wanted = [.. NamesOfQueries().Distinct()];
        Assert.True(wanted.Length > 20, "The page on metrics was not read.");
        Assert.Empty(wanted.Except(served));
        Assert.Matches(@"(?m)^tmem_pages\{.*tmem_host_name=""here"".*tmem_pool_kind=""persistent"".*\} 1( |$)", text);
    }

    [Fact]
    public async Task Health_and_readiness_are_of_the_stage_that_the_daemon_is_in()
    {
        using var host = new TmemHost(new() { CapacityBytes = 1 << 20 });
        DaemonHealth health = HealthOf(host);
        using MeterProvider meters = MetricsExport.Begin(new() { Prometheus = s_anyPort })!;
        await using HttpEndpoint endpoint = await HttpEndpoint.StartAsync(s_anyPort, health, meters);

        Assert.Equal((HttpStatusCode.OK, "alive"), await AskAsync(endpoint, "/health"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "starting"), await AskAsync(endpoint, "/ready"));
        health.Serve();
        Assert.Equal((HttpStatusCode.OK, "alive"), await AskAsync(endpoint, "/health"));
        Assert.Equal((HttpStatusCode.OK, "ready"), await AskAsync(endpoint, "/ready"));
        health.Stop();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "stopping"), await AskAsync(endpoint, "/health"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "stopping"), await AskAsync(endpoint, "/ready"));
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(endpoint, "/other")).Status);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_told()
    {
        using var gate = new ManualResetEventSlim();
        using MeterProvider meters = MetricsExport.Begin(new() { Prometheus = s_anyPort })!;
        await using HttpEndpoint endpoint = await HttpEndpoint.StartAsync(s_anyPort, new DaemonHealth(gate.Wait, TimeSpan.Zero), meters);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the store does not answer"), await AskAsync(endpoint, "/health"));
        gate.Set();
    }

    [Fact]
    public async Task A_daemon_that_is_just_stopping_answers_and_says_so()
    {
        using var folder = new TemporaryFolder();
        using var host = new TmemHost(new() { CapacityBytes = 1 << 20 });
        var isEnding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var mayEnd = new ManualResetEventSlim();
        await using var server = new TmemServer(host, new TmemServerOptions
        {
            SocketPath = Path.Combine(folder.FullName, "s"),
            Log = sentence =>
            {
                if (sentence.EndsWith("the server stops.", StringComparison.Ordinal))
                {
                    isEnding.SetResult();
                    mayEnd.Wait();
                }
            },
        });
        DaemonHealth health = HealthOf(host);
        var service = new ServeService(server, disks: null, health, isTakenOver: false);
        using MeterProvider meters = MetricsExport.Begin(new() { Prometheus = s_anyPort })!;
        await using HttpEndpoint endpoint = await HttpEndpoint.StartAsync(s_anyPort, health, meters);
        await service.StartAsync(default);
        using var connection = TmemConnection.Connect(Path.Combine(folder.FullName, "s"));
        Assert.Equal((HttpStatusCode.OK, "ready"), await AskAsync(endpoint, "/ready"));

        Task stop = service.StopAsync(default);
        await isEnding.Task;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "stopping"), await AskAsync(endpoint, "/ready"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "stopping"), await AskAsync(endpoint, "/health"));
        mayEnd.Set();
        await stop;
    }

    [Fact]
    public async Task An_address_that_is_taken_is_named()
    {
        using var host = new TmemHost(new() { CapacityBytes = 1 << 20 });
        using MeterProvider meters = MetricsExport.Begin(new() { Prometheus = s_anyPort })!;
        await using HttpEndpoint endpoint = await HttpEndpoint.StartAsync(s_anyPort, HealthOf(host), meters);
        string taken = new Uri(endpoint.Address).Authority;
        using var folder = new TemporaryFolder();
        string socket = Path.Combine(folder.FullName, "s");
        ToolOutcome outcome = await Tool.RunAsync("serve", "--memory", "1MiB", "--socket", socket, "--prometheus", taken);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(taken, outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(socket));
    }

    private static DaemonHealth HealthOf(TmemHost host) => new(() => host.GetStatistics(), TimeSpan.FromMinutes(10));

    private static async Task<(HttpStatusCode Status, string Word)> AskAsync(HttpEndpoint endpoint, string path)
    {
        using var web = new HttpClient();
        using HttpResponseMessage answer = await web.GetAsync(endpoint.Address + path);
        return (answer.StatusCode, (await answer.Content.ReadAsStringAsync()).TrimEnd());
    }

    /// <summary>The metrics' names in the last column of the tables, without the attributes in them.</summary>
    private static IEnumerable<string> NamesOfQueries()
    {
        string[] lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Documents", "metrics.md"));
        string[] attributes =
            [.. lines.SkipWhile(static line => line != "## Attributes").Select(static line => Regex.Match(line, @"^\| `(tmem[\w.]+)`").Groups[1].Value.Replace('.', '_'))];
        return lines.TakeWhile(static line => line != "## Attributes")
            .Where(static line => line.StartsWith("| `tmem.", StringComparison.Ordinal))
            .SelectMany(static line => Regex.Matches(line.Split(" | ")[^1], @"\btmem_\w+").Select(static match => match.Value))
            .Except(attributes);
    }
}
