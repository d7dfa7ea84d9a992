namespace TmemCore.Generators.Tests.Fails;

/// <summary>Definitions for which no code can be generated, with the rule that says so and a word of its message.</summary>
internal static class FailingSnippets
{
    private const string Home = """
        [AbiStruct("home")] public partial struct Home { [AbiField("cmd"), AbiTag] public uint Command; [AbiField("x")] public uint X; }
        [AbiFamily(typeof(Home))] public static partial class Ops { }

        """;

    public static readonly IReadOnlyDictionary<string, (string Rule, string Says, string Source)> All =
        new Dictionary<string, (string, string, string)>
        {
            ["NotPartial"] = ("TMEM001", "Plain", """[AbiStruct("s")] public struct Plain { [AbiField("x")] public uint X; }"""),
            ["ContainerNotPartial"] = ("TMEM001", "Box",
                """public class Box { [AbiStruct("s")] public partial struct Inner { [AbiField("x")] public uint X; } }"""),
            ["FamilyNotPartial"] = ("TMEM001", "Whole", "[AbiFamily(typeof(TmemOp))] public static class Whole { }"),
            ["Bool"] = ("TMEM002", "bool", Struct("""[AbiField("x")] public bool X;""")),
            ["Reference"] = ("TMEM002", "string", Struct("""[AbiField("x")] public string X;""")),
            ["Char"] = ("TMEM002", "char", Struct("""[AbiField("x")] public char X;""")),
            ["NativeInteger"] = ("TMEM002", "nint", Struct("""[AbiField("x")] public nint X;""")),
            ["Decimal"] = ("TMEM002", "decimal", Struct("""[AbiField("x")] public decimal X;""")),
            ["Nullable"] = ("TMEM002", "uint?", Struct("""[AbiField("x")] public uint? X;""")),
            ["OpenGeneric"] = ("TMEM002", "T",
                """[AbiStruct("s")] public partial struct S<T> where T : struct { [AbiField("x")] public T X; }"""),
            ["PlainStruct"] = ("TMEM002", "Other", Struct("""[AbiField("x")] public Other X;""") + "public struct Other { }"),
            ["UnsoundNested"] = ("TMEM002", "Other",
                Struct("""[AbiField("x")] public Other X;""") + """[AbiStruct("o")] public partial struct Other { [AbiField("x")] public bool X; }"""),
            ["WrongForm"] = ("TMEM002", "Word", Struct("""[AbiField("x", Form = AbiForm.Word)] public uint X;""")),
            ["BadBits"] = ("TMEM002", "", Struct("""[AbiField("u.x"), AbiField("u.y", Bits = "a:1 b")] public uint X;""")),
            ["TwoArmsNoTag"] = ("TMEM005", "nothing says",
                Struct("""[AbiField("u.x")] public uint X; [AbiField("u.y")] public uint Y;""")),
            ["ArmsWithoutTag"] = ("TMEM005", "no tag",
                Struct("""[AbiField("u.x"), AbiArm(1)] public uint X; [AbiField("u.y"), AbiArm] public uint Y;""")),
            ["SameTagTwice"] = ("TMEM005", "same value", Struct(
                """[AbiField("t"), AbiTag] public uint T; [AbiField("u.x"), AbiArm(1)] public uint X; [AbiField("u.y"), AbiArm(1)] public uint Y;""")),
            ["TwoRests"] = ("TMEM005", "all other", Struct(
                """[AbiField("t"), AbiTag] public uint T; [AbiField("u.x"), AbiArm] public uint X; [AbiField("u.y"), AbiArm] public uint Y;""")),
            ["SignedTag"] = ("TMEM005", "uint", Struct("""[AbiField("t"), AbiTag] public int T;""")),
            ["TwoTags"] = ("TMEM005", "already",
                Struct("""[AbiField("t"), AbiTag] public uint T; [AbiField("v"), AbiTag] public uint V;""")),
            ["ArmOutsideUnion"] = ("TMEM005", "outside", Struct(
                """[AbiField("t"), AbiTag] public uint T; [AbiField("x"), AbiArm(1)] public uint X;""")),
            ["GetOnly"] = ("TMEM010", "X", Struct("""[AbiField("x")] public uint X { get; }""")),
            ["ReadOnlyField"] = ("TMEM010", "X", Struct("""[AbiField("x")] public readonly uint X;""")),
            ["StaticField"] = ("TMEM010", "X", Struct("""[AbiField("x")] public static uint X;""")),
            ["OutOfReach"] = ("TMEM010", "Hidden", Struct("""[AbiField("x")] public Other X;""")
                + """[AbiStruct("o")] public partial struct Other { [AbiField("x")] private uint Hidden; }"""),
            ["RequiredElsewhere"] = ("TMEM010", "required",
                Home + "[AbiOp(typeof(Ops), 1)] public partial struct An { public uint X; public required uint Y { get => X; set { } } }"),
            ["GetOnlyInOp"] = ("TMEM010", "X", Home + "[AbiOp(typeof(Ops), 1)] public partial struct An { public uint X { get; } }"),
            ["NoCounterpart"] = ("TMEM011", "Y", Home + "[AbiOp(typeof(Ops), 1)] public partial struct An { public uint Y; }"),
            ["OtherTypeThere"] = ("TMEM011", "X", Home + "[AbiOp(typeof(Ops), 1)] public partial struct An { public ulong X; }"),
            ["FromNowhere"] = ("TMEM011", "Nowhere",
                Home + """[AbiOp(typeof(Ops), 1)] public partial struct An { [AbiFrom("Nowhere")] public uint X; }"""),
            ["NoPlaceInAGeneration"] = ("TMEM011", "V0May2009",
                "[AbiFamily(typeof(TmemOp))] public static partial class Ops { }\n"
                + """[AbiOp(typeof(Ops), 101)] public partial struct An { [AbiFrom("Argument1")] public uint Client; }"""),
            ["TagInOp"] = ("TMEM011", "Command", Home + "[AbiOp(typeof(Ops), 1)] public partial struct An { public uint Command; }"),
            ["OwnTryRead"] = ("TMEM012", "TryRead", Struct("""[AbiField("x")] public uint X; public void TryRead() { }""")),
            ["OwnNumber"] = ("TMEM012", "Number", Home + "[AbiOp(typeof(Ops), 1)] public partial struct An { [AbiFrom(\"X\")] public uint Number; }"),
            ["EqualsProperty"] = ("TMEM012", "Equals", Struct("""[AbiField("x")] public new uint Equals;""")),
            ["TypeNamedWrite"] = ("TMEM012", "Write", """[AbiStruct("s")] public partial struct Write { [AbiField("x")] public uint X; }"""),
            ["FamilyOwnDispatch"] = ("TMEM012", "Dispatch",
                "[AbiFamily(typeof(TmemOp))] public static partial class Ops { public static int Dispatch; }"),
            ["BackwardsRange"] = ("TMEM013", "Since",
                Struct("""[AbiField("x", Since = AbiGeneration.V1Sysctl46, Until = AbiGeneration.V0Aug2009)] public uint X;""")),
            ["TwoPlaces"] = ("TMEM013", "two places", Struct("""[AbiField("x"), AbiField("y")] public uint X;""")),
            ["HomesOverlap"] = ("TMEM013", "overlap",
                "[AbiFamily(typeof(TmemOp)), AbiFamily(typeof(TmemOp))] public static partial class Ops { }"),
            ["HomeNotThere"] = ("TMEM013", "XenSysctlTmemOp",
                "[AbiFamily(typeof(XenSysctlTmemOp))] public static partial class Ops { }"),
            ["FamilyNotThere"] = ("TMEM013", "V1Sysctl46",
                "[AbiFamily(typeof(TmemOp), Until = AbiGeneration.V1Hypercall)] public static partial class Ops { }\n"
                + "[AbiOp(typeof(Ops), 1)] public partial struct An { }"),
            ["NoFields"] = ("TMEM014", "no member", Struct("")),
            ["Unplaced"] = ("TMEM014", "Y", Struct("""[AbiField("x")] public uint X; public uint Y;""")),
            ["Mixed"] = ("TMEM014", "mixed", Struct("""[AbiField("x")] public uint X; [AbiField("y")] public uint Y { get; set; }""")),
            ["SpreadOut"] = ("TMEM014", "spread",
                Struct("""[AbiField("x")] public uint X;""") + """public partial struct S { [AbiField("y")] public uint Y; }"""),
            ["BadName"] = ("TMEM014", "C name", Struct("""[AbiField("x y")] public uint X;""")),
            ["BadStructName"] = ("TMEM014", "C identifier", """[AbiStruct("a b")] public partial struct S { [AbiField("x")] public uint X; }"""),
            ["ScatteredArms"] = ("TMEM014", "neighbours", Struct(
                """[AbiField("t"), AbiTag] public uint T; [AbiField("u.x"), AbiArm(1)] public uint X; [AbiField("m")] public uint M; [AbiField("u.y"), AbiArm] public uint Y;""")),
            ["RefStruct"] = ("TMEM014", "ref struct", """[AbiStruct("s")] public ref partial struct S { [AbiField("x")] public uint X; }"""),
            ["FileLocal"] = ("TMEM014", "file", """[AbiStruct("s")] file partial struct S { [AbiField("x")] public uint X; }"""),
            ["GenericOp"] = ("TMEM014", "type parameters", Home + "[AbiOp(typeof(Ops), 1)] public partial struct An<T> { public uint X; }"),
            ["HiddenOp"] = ("TMEM014", "public", Home + "[AbiOp(typeof(Ops), 1)] internal partial struct An { public uint X; }"),
            ["PrivateOp"] = ("TMEM014", "visible",
                Home + "public partial class Box { [AbiOp(typeof(Ops), 1)] private partial struct An { public uint X; } }"),
            ["ForeignFamily"] = ("TMEM014", "GuestOps", "[AbiOp(typeof(GuestOps), 77)] public partial struct An { public int PoolId; }"),
            ["NoFamily"] = ("TMEM014", "String", "[AbiOp(typeof(string), 77)] public partial struct An { public int PoolId; }"),
            ["HomeWithoutTag"] = ("TMEM014", "no tag",
                Struct("""[AbiField("x")] public uint X;""") + "[AbiFamily(typeof(S))] public static partial class Ops { }"),
            ["NoSuchArm"] = ("TMEM014", "no tag", "[AbiFamily(typeof(TmemOp), \"Nothing\")] public static partial class Ops { }"),
            ["ArmWithoutTag"] = ("TMEM014", "no tag", "[AbiFamily(typeof(TmemOp), \"Create\")] public static partial class Ops { }"),
            ["InstanceFamily"] = ("TMEM014", "static", "[AbiFamily(typeof(TmemOp))] public partial class Ops { }"),
            ["HomeIsNoStructure"] = ("TMEM014", "String", "[AbiFamily(typeof(string))] public static partial class Ops { }"),
            ["BadNestedName"] = ("TMEM014", "1st", "[AbiFamily(typeof(TmemOp)), AbiNested(\"1st\", 0)] public static partial class Ops { }"),
            ["UnsoundFamily"] = ("TMEM014", "Ops",
                "[AbiFamily(typeof(string))] public static partial class Ops { }\n[AbiOp(typeof(Ops), 1)] public partial struct An { }"),
        };

    /// <summary>Families in which ops clash: the ops are generated, the family is not.</summary>
    public static readonly IReadOnlyDictionary<string, (string Says, string Source)> Clashing =
        new Dictionary<string, (string, string)>
        {
            ["SameNumber"] = ("An", Home + "[AbiOp(typeof(Ops), 1)] public partial struct An { }\n[AbiOp(typeof(Ops), 1)] public partial struct Bn { }"),
            ["SameName"] = ("An", Home + "[AbiOp(typeof(Ops), 1)] public partial struct An { }\n[AbiOp(typeof(Ops), 2)] public partial struct AnOp { }"),
            ["Retired"] = ("retired",
                "[AbiFamily(typeof(TmemOp)), AbiRetired(1, 2)] public static partial class Ops { }\n[AbiOp(typeof(Ops), 2)] public partial struct An { }"),
            ["NestedNumber"] = ("Inner",
                "[AbiFamily(typeof(TmemOp)), AbiNested(\"Inner\", 3)] public static partial class Ops { }\n[AbiOp(typeof(Ops), 3)] public partial struct An { }"),
            ["GeneratedName"] = ("generated", Home + "[AbiOp(typeof(Ops), 1)] public partial struct CallerOp { }"),
        };

    private static string Struct(string members) => $"[AbiStruct(\"s\")] public partial struct S {{ {members} }}\n";
}
