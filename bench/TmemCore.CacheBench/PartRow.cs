using System.Text.Json;
using System.Text.Json.Serialization;

namespace TmemCore.CacheBench;

/// <summary>What a process with one cache found out.</summary>
internal sealed record PartRow
{
    public string Cache { get; init; } = "";

    public string Part { get; init; } = "";

    public string Content { get; init; } = "";

    public int ValueBytes { get; init; }

    /// <summary>What the cache was told to hold.</summary>
    public long LimitBytes { get; init; }

    /// <summary>What its process took more than before, at the end or at most; in the parts about hits with its server.</summary>
    public long ProcessBytes { get; init; }

    /// <summary>What of it the server took.</summary>
    public long ServerBytes { get; init; }

    /// <summary>The most that was seen on the way, garbage that nobody had collected yet included.</summary>
    public long MostBytes { get; init; }

    /// <summary>The values that it was given to hold.</summary>
    public long DataBytes { get; init; }

    public double HitRatio { get; init; }

    public int FullCollections { get; init; }

    public double LongestPauseMilliseconds { get; init; }

    public double Seconds { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, PartRowContext.Default.PartRow);

    public static PartRow Parse(string json) => JsonSerializer.Deserialize(json, PartRowContext.Default.PartRow)!;
}

/// <summary>Rows as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PartRow))]
[JsonSerializable(typeof(SpeedRow))]
internal sealed partial class PartRowContext : JsonSerializerContext;
