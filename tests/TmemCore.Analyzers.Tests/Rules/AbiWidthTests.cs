namespace TmemCore.Analyzers.Tests.Rules;

public class AbiWidthTests
{
    private const string Id = "TMEM006";

    private static readonly Scene s_scene = new() { Families = [Id] };

    [Theory]
    [InlineData("[AbiStruct(\"s\")] public partial struct [|S|] { [AbiField(\"x\", Form = AbiForm.Word)] public ulong X; }")]
    [InlineData("[AbiStruct(\"s\")] public partial struct [|S|] { [AbiField(\"x\", Form = AbiForm.Pointer)] public ulong X; }")]
    [InlineData("[AbiStruct(\"s\")] public partial struct [|S|] { [AbiField(\"x\")] public uint X; [AbiField(\"y\")] public ulong Y; }")]
    [InlineData("[AbiStruct(\"s\")] public readonly partial record struct [|S|] { [AbiField(\"x\")] public uint X { get; init; } [AbiField(\"y\")] public ObjectId Y { get; init; } }")]
    [InlineData("[AbiStruct(\"s\"), AbiSize(8, 4, Until = AbiGeneration.V1Hypercall)] public partial struct [|S|] { [AbiField(\"x\", Form = AbiForm.Word)] public ulong X; }")]
    [InlineData("public partial class Around { [AbiStruct(\"s\")] public partial struct [|S|] { [AbiField(\"x\", Form = AbiForm.Word)] public ulong X; } }")]
    public Task Structures_that_differ_are_reported(string source) => Verify.ReportsAsync(Id, source, s_scene);

    [Theory]
    [InlineData("[AbiStruct(\"s\"), AbiSize(8, 4)] public partial struct S { [AbiField(\"x\", Form = AbiForm.Word)] public ulong X; }")]
    [InlineData("[AbiStruct(\"s\")] public partial struct S { [AbiField(\"x\")] public uint X; [AbiField(\"y\")] public uint Y; }")]
    [InlineData("[AbiStruct(\"s\")] public partial struct S { [AbiField(\"x\")] public ulong X; [AbiField(\"y\")] public uint Y; [AbiField(\"z\")] public uint Z; }")]
    [InlineData("[AbiStruct(\"s\")] public partial struct S { [AbiField(\"x\")] public uint X; [AbiField(\"p\")] public uint P; [AbiField(\"y\", Form = AbiForm.Aligned)] public ulong Y; }")]
    [InlineData("[AbiStruct] public partial struct Arm { [AbiField(\"x\", Form = AbiForm.Word)] public ulong X; }")]
    [InlineData("public partial struct Plain { public nint X; }")]
    public Task Structures_that_are_the_same_or_said_to_differ_are_left_alone(string source) => Verify.QuietAsync(source, s_scene);

    [Fact]
    public Task The_part_that_is_marked_is_reported() => Verify.ReportsAsync(
        Id,
        """
        public partial struct S { public const int Version = 1; }

        [AbiStruct("s")]
        public partial struct [|S|] { [AbiField("x", Form = AbiForm.Word)] public ulong X; }
        """,
        s_scene);

    [Fact]
    public Task A_definition_that_is_wrong_is_reported_for_that_alone() => Verify.QuietAsync(
        "[AbiStruct(\"s\")] public partial struct S { [AbiField(\"x\", Form = AbiForm.Word)] public ulong X; [AbiField(\"y\")] public string Y; }", s_scene);

    [Fact]
    public Task Broken_code_is_endured() => Verify.QuietAsync(
        "[AbiStruct(\"s\")] public partial struct S { [AbiField(\"x\", Form = AbiForm.Wo", new Scene { MayBeBroken = true, Families = [Id] });
}
