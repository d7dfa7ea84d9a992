using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TmemCore.Generators.Tests.Golden;

public class GoldenTests
{
    private const string Record = """
        using TmemCore;
        using TmemCore.Abi;

        namespace Golden;

        public enum Colour : ushort { Red, Green }

        [AbiStruct("golden_record", Since = AbiGeneration.V0Aug2009)]
        public readonly partial struct GoldenRecord
        {
            [AbiField("kind"), AbiTag] public uint Kind { get; init; }
            [AbiField("small")] public sbyte Small { get; init; }
            [AbiField("colour")] public Colour Colour { get; init; }
            [AbiField("object", Until = AbiGeneration.V0Aug2009, Form = AbiForm.FirstWord)]
            [AbiField("oid", Since = AbiGeneration.V1Hypercall)]
            public ObjectId Object { get; init; }
            [AbiField("u.frame", Form = AbiForm.Word), AbiArm(1)] public ulong Frame { get; init; }
            [AbiField("u.pair"), AbiArm(2, 3)] public Pair Pair { get; init; }
            [AbiField("u.rest"), AbiArm] public long Rest { get; init; }
            [AbiField("late", Since = AbiGeneration.V1Sysctl46, Form = AbiForm.Aligned)] public PoolUuid Late { get; init; }
            [AbiField("flags.raw"), AbiField("flags.bits", Bits = "one:1 two:7")] public byte Flags { get; init; }
        }

        [AbiStruct]
        public readonly partial struct Pair
        {
            [AbiField("left")] public short Left { get; init; }
            [AbiField("right", Form = AbiForm.Pointer)] public ulong Right { get; init; }
        }
        """;

    private const string Family = """
        using TmemCore;
        using TmemCore.Abi;

        namespace Golden
        {
            [AbiFamily(typeof(TmemOp)), AbiNested("Inner", 0, Until = AbiGeneration.V1Hypercall)]
            public static partial class GoldenOps { }

            [AbiOp(typeof(GoldenOps), 200)]
            public readonly partial struct PinPageOp
            {
                public int PoolId { get; init; }
                public ObjectId Object { get; init; }
                [AbiFrom("Frame", Since = AbiGeneration.V1Hypercall)] public ulong Gfn { get; init; }
            }

            [AbiOp(typeof(GoldenOps), 201)]
            public readonly partial struct PingOp { }
        }
        """;

    public static TheoryData<string, string> Cases => new() { { "Record", Record }, { "Family", Family } };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_generated_text_is_what_was_read_and_approved(string name, string source)
    {
        StringBuilder all = new();
        foreach ((string file, string text) in Harness.Generate(source))
        {
            all.Append("==== ").Append(file).Append('\n').Append(text);
        }

        GoldenFile.Check(name + ".txt", all.ToString());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_text_is_the_same_under_every_culture_and_newline(string name, string source)
    {
        string expected = Hash(source);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            odd.NumberFormat.NegativeSign = "minus";
            odd.NumberFormat.NumberGroupSeparator = "_";
            odd.NumberFormat.NativeDigits = ["٠", "١", "٢", "٣", "٤", "٥", "٦", "٧", "٨", "٩"];
            CultureInfo.CurrentCulture = odd;
            Assert.Equal(expected, Hash(source));
            Assert.Equal(expected, Hash(source.ReplaceLineEndings("\r\n")));
            Assert.Equal(expected, Hash(source.ReplaceLineEndings("\r")));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.DoesNotContain('\r', string.Concat(Harness.Generate(source).Values));
        Assert.NotEmpty(name);
    }

    private static string Hash(string source) => Convert.ToHexString(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Harness.Generate(source).Select(file => file.Key + file.Value)))));
}
