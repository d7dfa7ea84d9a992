using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TmemCore.Analyzers.Pinning;

/// <summary>
/// Which parameters, fields, properties and return values take addresses: those with the attribute, those named in an
/// additional file or in <c>.editorconfig</c>, and the parameters of native calls.
/// </summary>
internal sealed class WatchedBuffers
{
    public const string FileName = "TmemHypercallBuffers.txt";
    public const string OptionName = "tmem_hypercall_buffers";

    private static readonly ConcurrentDictionary<string, ImmutableDictionary<string, Watch>> s_lists = new();

    private readonly AnalyzerConfigOptionsProvider _options;
    private readonly ImmutableDictionary<string, Watch> _named;

    public WatchedBuffers(AnalyzerOptions options, CancellationToken cancellation)
    {
        _options = options.AnalyzerConfigOptionsProvider;
        IEnumerable<string> lines = options.AdditionalFiles
            .Where(file => string.Equals(Path.GetFileName(file.Path), FileName, StringComparison.OrdinalIgnoreCase))
            .SelectMany(file => file.GetText(cancellation)?.Lines.Select(line => line.ToString()) ?? []);
        _named = Read(lines);
    }

    public static bool IsNative(IMethodSymbol method) => method.GetDllImportData() is not null
        || method.GetAttributes().Any(attribute => attribute.AttributeClass is { Name: "LibraryImportAttribute" });

    public Watch? Of(IParameterSymbol parameter, SyntaxTree tree)
    {
        IParameterSymbol definition = parameter.OriginalDefinition;
        if (Marked(definition.GetAttributes(), definition.Name) is Watch marked)
        {
            return marked;
        }

        return definition.ContainingSymbol is IMethodSymbol method
            ? Named(method, "#" + definition.Ordinal, definition.Name, tree) ?? (IsNative(method) ? Watch.Native(definition) : null)
            : null;
    }

    /// <summary>A field or a property.</summary>
    public Watch? Of(ISymbol member, SyntaxTree tree)
    {
        ISymbol definition = member.OriginalDefinition;
        return Marked(definition.GetAttributes(), definition.Name) ?? Named(definition, "", definition.Name, tree);
    }

    public Watch? OfReturn(IMethodSymbol method, SyntaxTree tree)
    {
        IMethodSymbol definition = method.OriginalDefinition;
        return Marked(definition.GetReturnTypeAttributes(), definition.Name) ?? Named(definition, "#return", definition.Name, tree);
    }

    private static Watch? Marked(ImmutableArray<AttributeData> attributes, string name)
    {
        foreach (AttributeData attribute in attributes)
        {
            if (attribute.AttributeClass is { Name: "PinnedBufferAttribute", ContainingNamespace: { Name: "Abi", ContainingNamespace.Name: "TmemCore" } })
            {
                int minimum = 0;
                bool written = false;
                bool kept = false;
                foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
                {
                    minimum = argument.Key == "MinimumBytes" && argument.Value.Value is int bytes ? bytes : minimum;
                    written = argument.Key == "IsWritten" ? argument.Value.Value is true : written;
                    kept = argument.Key == "IsKept" ? argument.Value.Value is true : kept;
                }

                return new Watch(name, minimum, written, IsMarked: true, kept);
            }
        }

        return null;
    }

    private Watch? Named(ISymbol symbol, string suffix, string name, SyntaxTree tree)
    {
        ImmutableDictionary<string, Watch> local = _options.GetOptions(tree).TryGetValue(OptionName, out string? list)
            ? s_lists.GetOrAdd(list, static text => Read(text.Split('|')))
            : ImmutableDictionary<string, Watch>.Empty;
        if ((_named.IsEmpty && local.IsEmpty) || symbol.GetDocumentationCommentId() is not string id)
        {
            return null;
        }

        return _named.TryGetValue(id + suffix, out Watch? watch) || local.TryGetValue(id + suffix, out watch)
            ? watch with { Name = name }
            : null;
    }

    /// <summary>Lines such as <c>M:Native.Read(System.IntPtr)#0 minimumBytes=4096 written</c>. What follows // is a comment.</summary>
    private static ImmutableDictionary<string, Watch> Read(IEnumerable<string> lines)
    {
        ImmutableDictionary<string, Watch>.Builder named = ImmutableDictionary.CreateBuilder<string, Watch>(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            int comment = line.IndexOf("//", StringComparison.Ordinal);
            string[] words = (comment < 0 ? line : line.Substring(0, comment)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0)
            {
                string? minimum = words.FirstOrDefault(word => word.StartsWith("minimumBytes=", StringComparison.OrdinalIgnoreCase));
                _ = int.TryParse(minimum?.Substring("minimumBytes=".Length), out int bytes);
                bool written = words.Contains("written", StringComparer.OrdinalIgnoreCase);
                bool kept = words.Contains("kept", StringComparer.OrdinalIgnoreCase);
                named[words[0]] = new Watch("", bytes, written, IsMarked: true, kept);
            }
        }

        return named.ToImmutable();
    }
}
