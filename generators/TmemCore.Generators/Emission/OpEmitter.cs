using System.Linq;
using TmemCore.Generators.Models;
using TmemCore.Generators.Text;

namespace TmemCore.Generators.Emission;

/// <summary>From the model of an op to the text of its file.</summary>
internal static class OpEmitter
{
    public static string Emit(OpModel model)
    {
        CodeVariant[] variants = model.Variants
            .Select(variant => new CodeVariant(variant.Points, variant.Size, variant.Tags, variant.Members))
            .ToArray();
        bool equality = TypeWriter.HasGeneratedEquality(model.Type);
        string baseList = equality ? $" : global::System.IEquatable<{model.Type.FullName}>" : "";
        return TypeWriter.WriteFile(model.Type, baseList, code =>
        {
            code.Summary("The number of the op.");
            code.Line("public const uint Number = " + Identifiers.Number(model.Number) + ";");
            code.Separate();
            TypeWriter.WriteSizes(code, model.Type, variants);
            TypeWriter.WriteReader(code, model.Type, variants, isOp: true);
            TypeWriter.WriteWriter(code, model.Type, variants);
            if (equality)
            {
                TypeWriter.WriteEquality(code, model.Type, model.Members);
            }

            if (!model.Type.IsRecord && !model.Type.HasOwnToString)
            {
                TypeWriter.WriteText(code, model.Type, model.Members);
            }

            TypeWriter.WriteVariants(code, model.Type, variants, isOp: true);
        });
    }
}
