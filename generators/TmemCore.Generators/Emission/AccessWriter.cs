using System.Linq;
using TmemCore.Generators.Models;
using TmemCore.Generators.Text;

namespace TmemCore.Generators.Emission;

/// <summary>Writes the expressions and statements that move members between a struct and its bytes, one field at a time.</summary>
internal static class AccessWriter
{
    private const string Binary = "global::System.Buffers.Binary.BinaryPrimitives.";

    /// <summary>Writes an object initializer's lines.</summary>
    public static void WriteInitializer(CodeWriter code, EquatableArray<Access> accesses, bool withAbsent)
    {
        foreach (Access access in accesses)
        {
            if (access.Kind is not AccessKind.Absent)
            {
                WriteMember(code, access);
            }
            else if (withAbsent)
            {
                code.Line(Identifiers.Escape(access.Member) + " = default(" + access.TypeName + "),");
            }
        }
    }

    /// <summary>Whether some value has no form in the layout.</summary>
    public static bool HasChecks(EquatableArray<Access> accesses) => accesses.Any(NeedsCheck);

    /// <summary>Writes the tests that every value fits. They come before the first byte is written.</summary>
    /// <param name="otherwise">What to do where one does not; null to throw the error that names it.</param>
    public static void WriteChecks(
        CodeWriter code, EquatableArray<Access> accesses, string path, string typeName, string? otherwise)
    {
        foreach (Access access in accesses.Where(NeedsCheck))
        {
            string member = path + Identifiers.Escape(access.Member);
            string label = Identifiers.Literal(typeName + "." + member.Substring("this.".Length).Replace("@", ""));
            using CodeWriter.Block? arm = OpenArm(code, access, path);
            switch (access.Kind)
            {
                case AccessKind.NarrowWord:
                    WriteCheck(code, $"{member} > 4294967295UL", otherwise ?? Throw($"DoesNotFit({label}, {member}, abi)"));
                    break;
                case AccessKind.NarrowObjectId:
                    WriteCheck(
                        code, $"({member}.Word1 | {member}.Word2) != 0UL", otherwise ?? Throw($"DoesNotFit({label}, {member}, abi)"));
                    break;
                case AccessKind.Absent:
                    WriteCheck(code, IsNotDefault(access, member), otherwise ?? Throw($"HasNoPlace({label}, abi)"));
                    break;
                default:
                    WriteChecks(code, access.Parts, member + ".", typeName, otherwise);
                    break;
            }
        }
    }

    /// <summary>Writes the statements that fill the bytes.</summary>
    public static void WriteStores(CodeWriter code, EquatableArray<Access> accesses, string path)
    {
        foreach (Access access in accesses.Where(candidate => candidate.Kind is not AccessKind.Absent))
        {
            string member = path + Identifiers.Escape(access.Member);
            using CodeWriter.Block? arm = OpenArm(code, access, path);
            if (access.Kind is AccessKind.Struct)
            {
                WriteStores(code, access.Parts, member + ".");
            }
            else
            {
                WriteStore(code, access, member);
            }
        }
    }

    public static string ReadTag(int offset) =>
        Binary + "ReadUInt32LittleEndian(" + Slice(offset) + ")";

    public static string StoreTag(TagValue tag) =>
        Binary + "WriteUInt32LittleEndian(" + Slice(tag.Offset) + ", " + Identifiers.Number(tag.Value) + ");";

    private static void WriteMember(CodeWriter code, Access access)
    {
        string target = Identifiers.Escape(access.Member) + " = ";
        if (access.Kind is not AccessKind.Struct)
        {
            code.Line(target + ArmPrefix(access) + ReadValue(access) + ArmSuffix(access) + ",");
            return;
        }

        using (code.Open(target + ArmPrefix(access) + "new " + access.TypeName, "}" + ArmSuffix(access) + ","))
        {
            WriteInitializer(code, access.Parts, withAbsent: false);
        }
    }

    private static string ArmPrefix(Access access)
    {
        if (access.Arm is not ArmCondition arm)
        {
            return "";
        }

        return Condition(arm, ReadTag(arm.TagOffset)) is string condition ? $"({condition}) ? " : "";
    }

    private static string ArmSuffix(Access access) =>
        ArmPrefix(access).Length > 0 ? " : default(" + access.TypeName + ")" : "";

    private static CodeWriter.Block? OpenArm(CodeWriter code, Access access, string path) =>
        access.Arm is ArmCondition arm && Condition(arm, path + Identifiers.Escape(arm.TagMember)) is string condition
            ? code.Open($"if ({condition})")
            : null;

    /// <summary>The condition under which an arm applies, or null where it always does.</summary>
    private static string? Condition(ArmCondition arm, string tag) => arm.Tags.Count == 0
        ? null
        : arm.IsNegated
            ? string.Join(" && ", arm.Tags.Select(value => tag + " != " + Identifiers.Number(value)))
            : string.Join(" || ", arm.Tags.Select(value => tag + " == " + Identifiers.Number(value)));

    private static bool NeedsCheck(Access access) => access.Kind switch
    {
        AccessKind.NarrowWord or AccessKind.NarrowObjectId => true,
        AccessKind.Absent => access.Arm is null,
        AccessKind.Struct => access.Parts.Any(NeedsCheck),
        _ => false,
    };

    private static string Throw(string call) => "global::TmemCore.Abi.AbiThrow." + call + ";";

    private static void WriteCheck(CodeWriter code, string condition, string statement)
    {
        using (code.Open($"if ({condition})"))
        {
            code.Line(statement);
        }

        code.Separate();
    }

    /// <summary>An absent member has kept neither form nor parts, so the test must suit every type.</summary>
    private static string IsNotDefault(Access access, string member) =>
        access.IsEnum ? $"{member} != default({access.TypeName})" : $"!{member}.Equals(default({access.TypeName}))";

    private static string ReadValue(Access access)
    {
        string slice = Slice(access.Offset);
        string value = access.Kind switch
        {
            AccessKind.UInt8 => $"bytes[{Identifiers.Number(access.Offset)}]",
            AccessKind.Int8 => $"unchecked((sbyte)bytes[{Identifiers.Number(access.Offset)}])",
            AccessKind.NarrowWord => Binary + $"ReadUInt32LittleEndian({slice})",
            AccessKind.NarrowObjectId => $"new global::TmemCore.ObjectId({Word(access.Offset)}, 0UL, 0UL)",
            AccessKind.ObjectId =>
                $"new global::TmemCore.ObjectId({Word(access.Offset)}, {Word(access.Offset + 8)}, {Word(access.Offset + 16)})",
            AccessKind.Uuid => $"new global::TmemCore.PoolUuid({Word(access.Offset)}, {Word(access.Offset + 8)})",
            _ => Binary + $"Read{access.Kind}LittleEndian({slice})",
        };
        return access.IsEnum ? $"({access.TypeName}){value}" : value;
    }

    private static void WriteStore(CodeWriter code, Access access, string member)
    {
        string offset = Identifiers.Number(access.Offset);
        switch (access.Kind)
        {
            case AccessKind.UInt8 or AccessKind.Int8:
                code.Line($"bytes[{offset}] = unchecked((byte){member});");
                break;
            case AccessKind.NarrowWord:
                code.Line(Binary + $"WriteUInt32LittleEndian({Slice(access.Offset)}, unchecked((uint){member}));");
                break;
            case AccessKind.NarrowObjectId:
                WriteWords(code, access.Offset, member, "Word0");
                break;
            case AccessKind.ObjectId:
                WriteWords(code, access.Offset, member, "Word0", "Word1", "Word2");
                break;
            case AccessKind.Uuid:
                WriteWords(code, access.Offset, member, "Low", "High");
                break;
            default:
                string cast = access.IsEnum ? $"({KeywordOf(access.Kind)})" : "";
                code.Line(Binary + $"Write{access.Kind}LittleEndian({Slice(access.Offset)}, {cast}{member});");
                break;
        }
    }

    private static void WriteWords(CodeWriter code, int offset, string member, params string[] words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            code.Line(Binary + $"WriteUInt64LittleEndian({Slice(offset + (8 * i))}, {member}.{words[i]});");
        }
    }

    private static string KeywordOf(AccessKind kind) => kind switch
    {
        AccessKind.UInt16 => "ushort",
        AccessKind.Int16 => "short",
        AccessKind.UInt32 => "uint",
        AccessKind.Int32 => "int",
        AccessKind.UInt64 => "ulong",
        _ => "long",
    };

    private static string Word(int offset) => Binary + "ReadUInt64LittleEndian(" + Slice(offset) + ")";

    private static string Slice(int offset) =>
        offset == 0 ? "bytes" : "bytes.Slice(" + Identifiers.Number(offset) + ")";
}
