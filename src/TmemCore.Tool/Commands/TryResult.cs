using System.Text.Json.Serialization;
using TmemCore.Tool.Guest;

namespace TmemCore.Tool.Commands;

/// <summary>What <c>tmem try --json</c> prints.</summary>
internal sealed record TryResult
{
    /// <summary>Pages of 4,096 bytes in all files.</summary>
    public required long Pages { get; init; }

    /// <summary>Pages that came back from tmem and were compared with what had been put.</summary>
    public required long PagesVerified { get; init; }

    /// <summary>Pages among them that were wrong.</summary>
    public required long PagesWrong { get; init; }

    /// <summary>Pages read from disk after the first pass.</summary>
    public required long DiskReads { get; init; }

    /// <summary>Pages that came from tmem instead, after the first pass.</summary>
    public required long DiskReadsAvoided { get; init; }

    /// <summary>The share of avoided reads in all that the guest's own memory did not answer, after the first pass.</summary>
    public required double HitRatio { get; init; }

    /// <summary>Memory held per page kept, data and metadata, when most pages were kept.</summary>
    public required double BytesPerPage { get; init; }

    /// <summary>The median of puts in nanoseconds.</summary>
    public required double PutNsP50 { get; init; }

    /// <summary>The 99th percentile of puts in nanoseconds.</summary>
    public required double PutNsP99 { get; init; }

    /// <summary>The median of gets in nanoseconds.</summary>
    public required double GetNsP50 { get; init; }

    /// <summary>The 99th percentile of gets in nanoseconds.</summary>
    public required double GetNsP99 { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Takes the figures of a report.</summary>
    public static TryResult From(GuestReport report) => new()
    {
        Pages = report.Pages,
        PagesVerified = report.PagesVerified,
        PagesWrong = report.PagesWrong,
        DiskReads = report.DiskReads,
        DiskReadsAvoided = report.DiskReadsAvoided,
        HitRatio = Math.Round(report.HitRatio, 6),
        BytesPerPage = Math.Round(report.BytesPerPage, 1),
        PutNsP50 = Math.Round(report.PutNsP50),
        PutNsP99 = Math.Round(report.PutNsP99),
        GetNsP50 = Math.Round(report.GetNsP50),
        GetNsP99 = Math.Round(report.GetNsP99),
        Seconds = Math.Round(report.Seconds, 3),
    };
}

/// <summary>The JSON form of <see cref="TryResult"/>, made when the tool is built.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TryResult))]
internal sealed partial class TryResultJson : JsonSerializerContext;
