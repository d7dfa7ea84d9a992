using System.Globalization;
using System.Net;
using TmemCore.Tool.Observability;

namespace TmemCore.Tool.Serving;

/// <summary>How metrics are exported, in the file of settings.</summary>
internal sealed record ServeMetrics
{
    private const int DefaultSeconds = 60;
    private const int MostSeconds = 24 * 60 * 60;
    private const string MetricsPath = "/v1/metrics";

    /// <summary>Where Prometheus, and whoever asks for health, finds the daemon: a port of this machine, or an address and a port.</summary>
    public string? Prometheus { get; init; }

    /// <summary>The address of a collector that speaks OTLP over HTTP.</summary>
    public string? Otlp { get; init; }

    /// <summary>Seconds between two sendings.</summary>
    public int? OtlpSeconds { get; init; }

    /// <summary>Whether each client has series of its own.</summary>
    public bool Clients { get; init; }

    /// <summary>The options that they ask for.</summary>
    /// <exception cref="FormatException">A setting is none of its kind; it is named.</exception>
    public MetricsOptions ToOptions() => new()
    {
        Prometheus = Prometheus is null ? null : AddressOf(Prometheus),
        Otlp = Otlp is null ? null : CollectorOf(Otlp),
        OtlpInterval = TimeSpan.FromSeconds(OtlpSeconds is null or (> 0 and <= MostSeconds) ? OtlpSeconds ?? DefaultSeconds : throw new FormatException(
            string.Create(CultureInfo.InvariantCulture, $"metrics.otlpSeconds is {OtlpSeconds}; it may be 1 to {MostSeconds}"))),
    };

    private static IPEndPoint AddressOf(string text)
    {
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return new IPEndPoint(IPAddress.Loopback, port);
        }

        return HasPort(text) && IPEndPoint.TryParse(text, out IPEndPoint? address)
            ? address
            : throw new FormatException(
                $"metrics.prometheus is \"{text}\"; it may be a port, such as 9464, or a number of an interface and a port, such as 127.0.0.1:9464 or [::1]:9464");
    }

    /// <summary>Behind the last colon, and outside of the brackets of an address that has colons itself.</summary>
    private static bool HasPort(string text) => text.LastIndexOf(':') > text.LastIndexOf(']') && (text.Contains(']') || text.Count(':') == 1);

    private static Uri CollectorOf(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new FormatException($"metrics.otlp is \"{text}\"; it may be an address of HTTP, such as http://127.0.0.1:4318");
        }

        return address.AbsolutePath == "/" ? new Uri(address, MetricsPath) : address;
    }
}
