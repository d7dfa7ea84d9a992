using Microsoft.CodeAnalysis.CSharp;

namespace TmemCore.Generators.Tests.Compiles;

/// <summary>Definitions with odd names and shapes for which code must be generated.</summary>
internal static class Snippets
{
    /// <summary>The source, how many files it generates, and the lowest language version the source itself needs.</summary>
    public static readonly IReadOnlyDictionary<string, (string Source, int Files, LanguageVersion Lowest)> Compiling =
        new Dictionary<string, (string, int, LanguageVersion)>
        {
            ["Keywords"] = ("""
                using TmemCore.Abi;
                namespace @class.@namespace
                {
                    [AbiStruct("keywords")]
                    public partial struct @struct
                    {
                        [AbiField("int"), AbiTag] public uint @int { get; init; }
                        [AbiField("value")] public uint value { get; init; }
                        [AbiField("abi")] public uint abi { get; init; }
                        [AbiField("source")] public uint source { get; init; }
                        [AbiField("bytes")] public uint bytes { get; init; }
                        [AbiField("this_")] public uint @this { get; init; }
                        [AbiField("record_")] public uint record { get; init; }
                        [AbiField("async_")] public uint async { get; init; }
                        [AbiField("System")] public uint System { get; init; }
                        [AbiField("destination")] public uint destination { get; init; }
                        [AbiField("field")] public uint @field { get; init; }
                    }
                    [AbiFamily(typeof(@struct))]
                    public static partial class @event { }
                    [AbiOp(typeof(@event), 7)]
                    public partial struct newOp { public uint value { get; init; } public uint @this { get; init; } }
                    [AbiOp(typeof(@event), 8)]
                    public partial struct @default { public uint op; }
                }
                """.Replace("public uint op;", "[AbiFrom(\"abi\")] public uint op;"), 4, LanguageVersion.CSharp9),
            ["Nesting"] = ("""
                using TmemCore.Abi;
                public partial class Outer<T, @in>
                {
                    internal partial interface IMiddle<TOut>
                    {
                        private protected partial struct Inner
                        {
                            [AbiStruct]
                            private partial struct Innermost { [AbiField("x")] private uint X { get; set; } }
                        }
                    }
                    protected partial record Holder(int A)
                    {
                        [AbiStruct("held")]
                        private partial struct Held { [AbiField("x")] internal byte X; [AbiField("y")] private byte Y; public byte Sum => (byte)(X + Y); }
                    }
                }
                public static partial class Statics
                {
                    [AbiStruct("in_static")]
                    public partial struct InStatic { [AbiField("x")] public short X; }
                }
                """.Replace("private protected partial struct", "public partial struct"), 3, LanguageVersion.CSharp9),
            ["Generics"] = ("""
                using TmemCore.Abi;
                namespace App
                {
                    [AbiStruct("boxed")]
                    public partial struct Boxed<TKey, TValue>
                        where TKey : class
                        where TValue : struct
                    {
                        [AbiField("size")] public ulong Size { get; init; }
                    }
                    [AbiStruct("boxing")]
                    public partial struct Boxing
                    {
                        [AbiField("inner")] public Boxed<string, int> Inner { get; init; }
                    }
                }
                """, 2, LanguageVersion.CSharp9),
            ["Records"] = ("""
                using TmemCore;
                using TmemCore.Abi;
                [AbiStruct("record_one")]
                public readonly partial record struct RecordOne([property: AbiField("a")] uint A, [property: AbiField("b")] uint B);
                [AbiStruct("record_two")]
                public partial record struct RecordTwo
                {
                    [AbiField("one")] public RecordOne One { get; set; }
                    [AbiField("id")] public ObjectId Id { get; set; }
                }
                [AbiFamily(typeof(TmemOp))]
                public static partial class RecordOps { }
                [AbiOp(typeof(RecordOps), 300)]
                public readonly partial record struct RecordOp(int PoolId, ObjectId Object);
                """, 4, LanguageVersion.CSharp10),
            ["OpInTmemOp"] = ("""
                using TmemCore;
                using TmemCore.Abi;
                namespace MyApp
                {
                    /// <summary>Own ops.</summary>
                    [AbiFamily(typeof(TmemOp))]
                    public static partial class MyOps { }
                    /// <summary>Pins a page.</summary>
                    [AbiOp(typeof(MyOps), 200)]
                    public readonly partial struct PinPageOp
                    {
                        /// <summary>Pool.</summary>
                        public int PoolId { get; init; }
                        /// <summary>Object.</summary>
                        public ObjectId Object { get; init; }
                        /// <summary>Index.</summary>
                        public uint Index { get; init; }
                        /// <summary>Frame.</summary>
                        public ulong Frame { get; init; }
                    }
                }
                """, 2, LanguageVersion.CSharp9),
            ["OwnHome"] = ("""
                using TmemCore;
                using TmemCore.Abi;
                enum Mode : byte { Off, On }
                [AbiStruct("my_op"), AbiSize(32, 28)]
                partial struct MyOp
                {
                    [AbiField("cmd"), AbiTag] public uint Command;
                    [AbiField("mode")] public Mode Mode;
                    [AbiField("pad8")] public byte Pad8;
                    [AbiField("pad16")] public ushort Pad16;
                    [AbiField("u.a"), AbiArm(1)] public ArmA A;
                    [AbiField("u.b"), AbiArm] public ArmB B;
                    [AbiField("address", Form = AbiForm.Pointer)] public ulong Address;
                }
                [AbiStruct] partial struct ArmA { [AbiField("x")] public uint X; [AbiField("y")] public int Y; }
                [AbiStruct] partial struct ArmB { [AbiField("uuid")] public PoolUuid Uuid; }
                [AbiFamily(typeof(MyOp)), AbiRetired(9)]
                static partial class MyOps { }
                [AbiOp(typeof(MyOps), 1)] partial struct AlphaOp { public int Y; public Mode Mode; public ulong Address; }
                [AbiOp(typeof(MyOps), 2)] partial struct BetaOp { public PoolUuid Uuid; }
                """, 6, LanguageVersion.CSharp9),
            ["OwnMembers"] = ("""
                using TmemCore.Abi;
                [AbiStruct("mine")]
                public partial struct Mine
                {
                    [AbiField("x")] public uint X { get; init; }
                    public override string ToString() => "mine";
                    public override bool Equals(object? obj) => obj is Mine other && other.X == X;
                    public override int GetHashCode() => (int)X;
                    public static Mine Zero { get; } = new Mine();
                    public const int Version = 1;
                    public uint Doubled => 2 * X;
                    public uint Settable { get => X; set { } }
                    public event System.Action? Changed { add { } remove { } }
                }
                """, 1, LanguageVersion.CSharp9),
            ["Required"] = ("""
                using TmemCore.Abi;
                [AbiStruct("demanding")]
                public partial struct Demanding
                {
                    [AbiField("x")] public required uint X { get; init; }
                    [AbiField("late", Since = AbiGeneration.V1Hypercall)] public required uint Late { get; init; }
                }
                """, 1, LanguageVersion.CSharp11),
            ["OwnConstructor"] = ("""
                using TmemCore.Abi;
                [AbiStruct("constructed")]
                public partial struct Constructed
                {
                    public Constructed() { X = 5; }
                    [AbiField("x")] public uint X { get; init; }
                }
                """, 1, LanguageVersion.CSharp10),
            ["Shadows"] = ("""
                using TmemCore.Abi;
                namespace App.System { public class String { } }
                namespace App.TmemCore.Abi { public class TmemAbi { } }
                namespace App
                {
                    public class BinaryPrimitives { }
                    public struct Span<T> { }
                    public struct ReadOnlySpan<T> { }
                    [global::TmemCore.Abi.AbiStruct("shadowed"), global::TmemCore.Abi.AbiSize(32, 28)]
                    public partial struct Shadowed
                    {
                        [global::TmemCore.Abi.AbiField("x", Form = global::TmemCore.Abi.AbiForm.Word)] public ulong X { get; set; }
                        [global::TmemCore.Abi.AbiField("id")] public global::TmemCore.ObjectId Id { get; set; }
                        public class IEquatable<T> { }
                        public class HashCode { }
                    }
                }
                """, 1, LanguageVersion.CSharp9),
            ["CaseTwins"] = ("""
                using TmemCore.Abi;
                [AbiStruct("a")] public partial struct Twin { [AbiField("x")] public uint X; }
                [AbiStruct("b")] public partial struct twin_ { [AbiField("x")] public uint X; }
                [AbiStruct("c")] public partial struct TWIN { [AbiField("x")] public uint X; }
                [AbiStruct("d")] public partial struct Größe { [AbiField("x")] public uint Größe_; [AbiField("y")] public uint 数; }
                """, 4, LanguageVersion.CSharp9),
            ["Generational"] = ("""
                using TmemCore;
                using TmemCore.Abi;
                [AbiFamily(typeof(TmemOp), "Control", Until = AbiGeneration.V1Hypercall)]
                [AbiFamily(typeof(XenSysctlTmemOp), Since = AbiGeneration.V1Sysctl46)]
                public static partial class MyControl { }
                [AbiOp(typeof(MyControl), 50, Until = AbiGeneration.V0Aug2009)]
                public partial struct OldOp { [AbiFrom("Argument1")] public uint Value; }
                [AbiOp(typeof(MyControl), 50, Since = AbiGeneration.V1Hypercall)]
                public partial struct NewOp
                {
                    public uint ClientId;
                    [AbiFrom("Argument1", Until = AbiGeneration.V1Sysctl46), AbiFrom("Length", Since = AbiGeneration.V1Sysctl48)]
                    public uint Value;
                    [AbiFrom("Object", Since = AbiGeneration.V1Sysctl48)] public ObjectId Object;
                }
                """, 3, LanguageVersion.CSharp9),
            ["EmptyFamily"] = ("""
                using TmemCore.Abi;
                [AbiFamily(typeof(TmemOp)), AbiNested("All", 1)]
                internal static partial class Bare { }
                """, 1, LanguageVersion.CSharp9),
            ["TwoParts"] = ("""
                using TmemCore.Abi;
                [AbiFamily(typeof(TmemOp), Until = AbiGeneration.V1Hypercall)]
                public static partial class Parted { }
                [AbiFamily(typeof(TmemOp), Since = AbiGeneration.V1Sysctl46)]
                public static partial class Parted { }
                """, 1, LanguageVersion.CSharp9),
            ["Obsolete"] = ("""
                using System;
                using TmemCore.Abi;
                [AbiStruct("old"), Obsolete("Use the new one.")]
                public partial struct Old { [AbiField("x"), Obsolete("Gone.")] public uint X { get; set; } }
                """, 1, LanguageVersion.CSharp9),
            ["Checked"] = ("""
                using TmemCore.Abi;
                public enum Signed : sbyte { Low = -128 }
                public enum Wide : long { Low = long.MinValue }
                [AbiStruct("integers")]
                public partial struct Integers
                {
                    [AbiField("a")] public sbyte A { get; set; }
                    [AbiField("b")] public Signed B { get; set; }
                    [AbiField("c")] public short C { get; set; }
                    [AbiField("d")] public int D { get; set; }
                    [AbiField("e", Form = AbiForm.Aligned)] public Wide E { get; set; }
                }
                """, 1, LanguageVersion.CSharp9),
        };
}
