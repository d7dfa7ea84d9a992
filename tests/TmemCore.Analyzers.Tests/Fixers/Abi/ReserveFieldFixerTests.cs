namespace TmemCore.Analyzers.Tests.Fixers.Abi;

public class ReserveFieldFixerTests
{
    private const string Id = "TMEM004";

    [Fact]
    public Task Gaps_become_fields_as_wide_as_fit() => Verify.FixesAsync(
        Id,
        """
        [AbiStruct("my_record")]
        public partial struct MyRecord
        {
            [AbiField("kind")] public byte Kind;

            // The record's number.
            [AbiField("id")] public uint [|Id|];
        }

        [AbiStruct("my_other")]
        public readonly partial struct MyOther
        {
            [AbiField("reserved1")] public ushort Reserved1 { get; init; }

            /// <summary>The number.</summary>
            [AbiField("id")]
            public uint [|Id|] { get; init; }
        }
        """,
        """
        [AbiStruct("my_record")]
        public partial struct MyRecord
        {
            [AbiField("kind")] public byte Kind;

            [AbiField("reserved1")] private byte _reserved1;
            [AbiField("reserved2")] private ushort _reserved2;

            // The record's number.
            [AbiField("id")] public uint Id;
        }

        [AbiStruct("my_other")]
        public readonly partial struct MyOther
        {
            [AbiField("reserved1")] public ushort Reserved1 { get; init; }

            [AbiField("reserved2")] private ushort Reserved2 { get; init; }

            /// <summary>The number.</summary>
            [AbiField("id")]
            public uint Id { get; init; }
        }
        """,
        scene: new Scene { Families = [Id] });

    [Fact]
    public Task Members_close_together_stay_so() => Verify.FixesAsync(
        Id,
        """
        [AbiStruct("my_record")]
        public partial struct MyRecord
        {
            [AbiField("flags")] public uint Flags;
            [AbiField("id", Form = AbiForm.Aligned)] public ulong [|Id|];
        }
        """,
        """
        [AbiStruct("my_record")]
        public partial struct MyRecord
        {
            [AbiField("flags")] public uint Flags;
            [AbiField("reserved1")] private uint _reserved1;
            [AbiField("id", Form = AbiForm.Aligned)] public ulong Id;
        }
        """);

    [Theory]
    [InlineData("[AbiField(\"x\")] public uint X; [AbiField(\"y\")] public ulong [|Y|];")]
    [InlineData("[AbiField(\"x\")] public uint X; [AbiField(\"y\", Form = AbiForm.Word)] public ulong [|Y|];")]
    [InlineData("[AbiField(\"w\", Since = AbiGeneration.V1Hypercall)] public uint W; [AbiField(\"x\")] public byte X; [AbiField(\"y\")] public uint [|Y|];")]
    public Task Nothing_is_offered_where_callers_see_different_gaps(string members) => Verify.OffersNothingAsync(
        Id, $"[AbiStruct(\"s\")] public partial struct S {{ {members} }}", scene: new Scene { Families = [Id] });
}
