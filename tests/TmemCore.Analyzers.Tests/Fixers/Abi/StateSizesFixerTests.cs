namespace TmemCore.Analyzers.Tests.Fixers.Abi;

public class StateSizesFixerTests
{
    private const string Id = "TMEM006";

    [Fact]
    public Task The_computed_sizes_are_stated() => Verify.FixesAsync(
        Id,
        """
        [AbiStruct("my_frame")]
        public partial struct [|MyFrame|]
        {
            [AbiField("frame", Form = AbiForm.Word)] public ulong Frame;
        }

        /// <summary>Something else.</summary>
        [TmemCore.Abi.AbiStruct("my_record", Since = TmemCore.Abi.AbiGeneration.V1Sysctl46)]
        public partial struct [|MyRecord|]
        {
            [AbiField("id")] public ulong Id;
            [AbiField("frame", Form = AbiForm.Word)] public ulong Frame;
        }
        """,
        """
        [AbiStruct("my_frame"), AbiSize(8, 4)]
        public partial struct MyFrame
        {
            [AbiField("frame", Form = AbiForm.Word)] public ulong Frame;
        }

        /// <summary>Something else.</summary>
        [TmemCore.Abi.AbiStruct("my_record", Since = TmemCore.Abi.AbiGeneration.V1Sysctl46), TmemCore.Abi.AbiSize(16, 12)]
        public partial struct MyRecord
        {
            [AbiField("id")] public ulong Id;
            [AbiField("frame", Form = AbiForm.Word)] public ulong Frame;
        }
        """);

    [Fact]
    public Task Each_run_of_generations_has_sizes_of_its_own() => Verify.FixesAsync(
        Id,
        """
        [AbiStruct("my_record"), AbiSize(24, 20, Since = AbiGeneration.V1Sysctl46)]
        public partial struct [|MyRecord|]
        {
            [AbiField("id")] public ulong Id;
            [AbiField("frame", Form = AbiForm.Word)] public ulong Frame;
            [AbiField("extra", Since = AbiGeneration.V1Hypercall)] public ulong Extra;
        }
        """,
        """
        [AbiStruct("my_record"), AbiSize(24, 20, Since = AbiGeneration.V1Sysctl46), AbiSize(16, 12, Until = AbiGeneration.V0Aug2009), AbiSize(24, 20, Since = AbiGeneration.V1Hypercall, Until = AbiGeneration.V1Hypercall)]
        public partial struct MyRecord
        {
            [AbiField("id")] public ulong Id;
            [AbiField("frame", Form = AbiForm.Word)] public ulong Frame;
            [AbiField("extra", Since = AbiGeneration.V1Hypercall)] public ulong Extra;
        }
        """);
}
