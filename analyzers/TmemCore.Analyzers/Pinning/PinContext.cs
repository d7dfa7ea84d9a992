using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace TmemCore.Analyzers.Pinning;

/// <summary>What the flow of one body needs to know of the world around it.</summary>
internal sealed class PinContext(
    WatchedBuffers watched, FieldEvidence fields, SyntaxTree tree, bool isStrict, Action<Diagnostic> report, CancellationToken cancellation)
{
    private readonly HashSet<(string Id, Location Place)> _said = [];

    public WatchedBuffers Watched { get; } = watched;

    public FieldEvidence Fields { get; } = fields;

    public SyntaxTree Tree { get; } = tree;

    /// <summary>Whether what cannot be shown to be pinned is reported, too.</summary>
    public bool IsStrict { get; } = isStrict;

    public CancellationToken Cancellation { get; } = cancellation;

    public void Report(DiagnosticDescriptor rule, SyntaxNode place, DiagnosticSeverity severity, params object[] words)
    {
        Location location = place.GetLocation();
        if (_said.Add((rule.Id, location)))
        {
            report(Diagnostic.Create(rule, location, severity, additionalLocations: null, properties: null, words));
        }
    }
}
