using System.Text.Json.Serialization;
using TmemCore.Tool.Simulation;

namespace TmemCore.Tool.Commands;

/// <summary>What <c>tmem simulate --json</c> prints.</summary>
internal sealed record SimulateResult
{
    /// <summary>How the trace is written: <c>lis</c>, <c>oracleGeneral</c> or <c>csv</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Whether a get took the page out.</summary>
    public required bool Exclusive { get; init; }

    /// <summary>Pages of the guest's own cache; 0 for none.</summary>
    public required int GuestCachePages { get; init; }

    /// <summary>Pages wanted.</summary>
    public required long Requests { get; init; }

    /// <summary>Pages among them that the guest's own cache had.</summary>
    public required long GuestHits { get; init; }

    /// <summary>Pages asked of each pool.</summary>
    public required long Gets { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>One for each size and policy.</summary>
    public required IReadOnlyList<SimulatedPoolResult> Pools { get; init; }

    /// <summary>Takes the figures of a report.</summary>
    public static SimulateResult From(SimulationReport report, SimulationOptions options) => new()
    {
        Format = SimulateScreen.NameOf(report.Format),
        Exclusive = options.IsExclusive,
        GuestCachePages = options.GuestCachePages,
        Requests = report.Requests,
        GuestHits = report.GuestHits,
        Gets = report.Gets,
        Seconds = Math.Round(report.Seconds, 3),
        Pools = [.. report.Pools.Select(SimulatedPoolResult.From)],
    };
}

/// <summary>What one pool has done.</summary>
internal sealed record SimulatedPoolResult
{
    /// <summary>What decided who goes: a policy's name, or <c>engine</c>.</summary>
    public required string Policy { get; init; }

    /// <summary>Pages that the pool was made for.</summary>
    public required int Pages { get; init; }

    /// <summary>Pages that it has held at most.</summary>
    public required long PagesMax { get; init; }

    /// <summary>Pages that it did not have.</summary>
    public required long Misses { get; init; }

    /// <summary>Misses per get, from 0 to 1.</summary>
    public required double MissRatio { get; init; }

    /// <summary>Bytes of bookkeeping per page: of the engine, what its tables held per page at the end.</summary>
    public required double BytesPerPage { get; init; }

    /// <summary>Pages of the engine that came back with another content than they were put with.</summary>
    public required long PagesWrong { get; init; }

    /// <summary>Takes the figures of a report.</summary>
    public static SimulatedPoolResult From(PoolReport report) => new()
    {
        Policy = report.Policy,
        Pages = report.Pages,
        PagesMax = report.PagesMax,
        Misses = report.Misses,
        MissRatio = Math.Round(report.MissRatio, 6),
        BytesPerPage = Math.Round(report.BytesPerPage, 1),
        PagesWrong = report.PagesWrong,
    };
}

/// <summary>The JSON form of <see cref="SimulateResult"/>, made when the tool is built.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SimulateResult))]
internal sealed partial class SimulateResultJson : JsonSerializerContext;
