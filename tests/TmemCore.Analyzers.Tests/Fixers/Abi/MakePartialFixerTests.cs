namespace TmemCore.Analyzers.Tests.Fixers.Abi;

public class MakePartialFixerTests
{
    [Fact]
    public Task A_struct_with_modifiers_becomes_partial() => Verify.FixesAsync(
        "TMEM001",
        """
        [AbiStruct("my_record")]
        public readonly struct [|MyRecord|]
        {
            [AbiField("id")] public uint Id { get; init; }
        }
        """,
        """
        [AbiStruct("my_record")]
        public readonly partial struct MyRecord
        {
            [AbiField("id")] public uint Id { get; init; }
        }
        """);
}
