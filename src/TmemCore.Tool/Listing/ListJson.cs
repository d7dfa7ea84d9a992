using System.Text.Json;
using System.Text.Json.Serialization;
using TmemCore.Statistics;

namespace TmemCore.Tool.Listing;

/// <summary>Statistics for programs.</summary>
internal static class ListJson
{
    /// <summary>One JSON object.</summary>
    public static string Write(TmemList list, MemoryStatistics? memory) => JsonSerializer.Serialize(
        new ListDocument(list.Host, memory, list.SharedPools, list.Clients, list.Pools, list.Timings), ListJsonContext.Default.ListDocument);
}

/// <summary>Writing without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ListDocument))]
internal sealed partial class ListJsonContext : JsonSerializerContext;
