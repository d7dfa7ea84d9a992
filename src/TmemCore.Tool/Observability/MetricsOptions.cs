using System.Net;

namespace TmemCore.Tool.Observability;

/// <summary>How a daemon's metrics are exported, checked.</summary>
internal sealed record MetricsOptions
{
    /// <summary>Where <c>/metrics</c>, <c>/health</c> and <c>/ready</c> are served; null for nowhere.</summary>
    public IPEndPoint? Prometheus { get; init; }

    /// <summary>The collector's address for metrics, by HTTP and protocol buffers; null for none.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>How often they are sent there.</summary>
    public TimeSpan OtlpInterval { get; init; }
}
