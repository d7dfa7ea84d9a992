using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TmemCore.Tidy.Rules;

/// <summary>
/// Calls into native libraries are declared in files named <c>Native.cs</c>. What the runtime fills in, an accessor of another
/// type's private member, is no such call.
/// </summary>
internal sealed class NativeCalls : Rule
{
    public const string Home = "Native.cs";

    private static readonly string[] s_imports = ["DllImport", "LibraryImport"];

    public override bool Covers(SourceFile file) => file.IsCSharp && file.Name != Home;

    public override IEnumerable<Finding> Find(SourceFile file)
    {
        IEnumerable<SyntaxNodeOrToken> attributes = file.Syntax.DescendantNodes().OfType<AttributeSyntax>()
            .Where(attribute => s_imports.Any(import => IsNamed(attribute, import)))
            .Select(attribute => (SyntaxNodeOrToken)attribute);
        IEnumerable<SyntaxNodeOrToken> externs = file.Syntax.DescendantNodes().OfType<MemberDeclarationSyntax>()
            .Where(member => !member.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => IsNamed(attribute, "UnsafeAccessor")))
            .SelectMany(member => member.Modifiers)
            .Where(modifier => modifier.IsKind(SyntaxKind.ExternKeyword))
            .Select(modifier => (SyntaxNodeOrToken)modifier);
        return attributes.Concat(externs).Select(place => SourceFile.At(place, $"Declare native calls in the room's {Home}."));
    }

    private static bool IsNamed(AttributeSyntax attribute, string name)
    {
        string written = attribute.Name.ToString().Split('.', ':')[^1];
        return written == name || written == name + nameof(Attribute);
    }
}
