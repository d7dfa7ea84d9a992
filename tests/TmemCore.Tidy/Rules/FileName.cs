using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TmemCore.Tidy.Rules;

/// <summary>A file is named after a top-level type in it: <c>Type.cs</c>, <c>Type.Facet.cs</c>, <c>Type{T}.cs</c>.</summary>
internal sealed class FileName : Rule
{
    public override IEnumerable<Finding> Find(SourceFile file)
    {
        string name = file.Name.Split('.', '{')[0];
        MemberDeclarationSyntax[] types = [.. file.Syntax
            .DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)];
        bool isProgram = name == "Program" && file.Syntax.ChildNodes().OfType<GlobalStatementSyntax>().Any();
        if (types.Length > 0 && !isProgram && types.All(type => NameOf(type) != name))
        {
            yield return SourceFile.At(types[0], $"{file.Name} declares {NameOf(types[0])} and no {name}; name the file after its type.");
        }
    }

    private static string NameOf(MemberDeclarationSyntax type) =>
        type is BaseTypeDeclarationSyntax named ? named.Identifier.Text : ((DelegateDeclarationSyntax)type).Identifier.Text;
}
