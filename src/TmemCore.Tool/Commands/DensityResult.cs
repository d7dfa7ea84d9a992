using System.Text.Json.Serialization;
using TmemCore.Tool.Density;

namespace TmemCore.Tool.Commands;

/// <summary>What <c>tmem density --json</c> prints.</summary>
internal sealed record DensityResult
{
    /// <summary>Pages that there were.</summary>
    public required long PagesFound { get; init; }

    /// <summary>One page in so many was taken.</summary>
    public required int Stride { get; init; }

    /// <summary>A row for each codec.</summary>
    public required IReadOnlyList<DensityRow> Rows { get; init; }
}

/// <summary>Makes JSON of it without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DensityResult))]
internal sealed partial class DensityResultJson : JsonSerializerContext;
