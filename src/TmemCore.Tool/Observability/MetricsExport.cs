using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using TmemCore.Statistics;

namespace TmemCore.Tool.Observability;

/// <summary>The meter of the library for others' monitoring.</summary>
internal static class MetricsExport
{
    private const string ServiceName = "tmem";

    /// <summary>Begins to export, by whichever ways are asked for.</summary>
    /// <param name="options">Which.</param>
    /// <returns>To be disposed at the end, which sends what has not been sent yet; null when none is asked for.</returns>
    public static MeterProvider? Begin(MetricsOptions options)
    {
        if (options.Prometheus is null && options.Otlp is null)
        {
            return null;
        }

        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(static resource => resource.AddService(ServiceName).AddEnvironmentVariableDetector())
            .AddMeter(TmemMetrics.MeterName);
        if (options.Prometheus is not null)
        {
            builder.AddPrometheusExporter();
        }

        if (options.Otlp is not null)
        {
            builder.AddOtlpExporter((exporter, reader) =>
            {
                exporter.Endpoint = options.Otlp;
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.OtlpInterval.TotalMilliseconds;
            });
        }

        return builder.Build();
    }
}
