using Microsoft.CodeAnalysis;

namespace TmemCore.Analyzers.Pinning;

/// <summary>The memory a parameter by reference leads to, as a helper's caller knows it.</summary>
/// <param name="Parameter">The parameter.</param>
internal sealed record PlaceKey(IParameterSymbol Parameter);
