using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>Tests that look at the whole process: no other runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
