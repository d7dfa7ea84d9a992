using TmemCore.Abi;
using Xunit;

namespace TmemCore.Tests.Abi;

public class OffsetsFileTests
{
    public static TheoryData<string, string, string, int, int> Rows
    {
        get
        {
            TheoryData<string, string, string, int, int> rows = [];
            foreach (var row in OffsetsFile.Rows)
            {
                rows.Add(row.Abi, row.Struct, row.Field, row.Offset, row.Size);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_field_is_where_the_file_says(string abi, string structure, string field, int offset, int size)
    {
        AbiLayout layout = AbiCatalogue.Layouts().Single(candidate => candidate.Label == abi && candidate.Name == structure);
        switch (field)
        {
            case "__sizeof__":
                Assert.Equal(size, layout.SizeBytes);
                break;
            case "__alignof__":
                Assert.Equal(size, layout.AlignmentBytes);
                break;
            default:
                AbiLayoutField found = layout.Fields.Single(candidate => candidate.Name == field);
                Assert.Equal((offset, size), (found.OffsetBytes, found.SizeBytes));
                break;
        }
    }

    [Fact]
    public void The_listing_equals_the_file_row_for_row()
    {
        StringWriter writer = new() { NewLine = "\r\n" };
        AbiListing.WriteCsv(writer, AbiCatalogue.Layouts());
        Assert.Equal(OffsetsFile.Text, writer.ToString());
        Assert.Equal(280, OffsetsFile.Rows.Count);
    }

    [Fact]
    public void Constants_and_sizes_say_the_same_as_the_layouts()
    {
        Assert.Equal(8, TmemOp.LayoutV1HypercallX64.GenericOffset);
        Assert.Equal(56, TmemOp.LayoutV1HypercallX64.Size);
        Assert.Equal(52, TmemOp.LayoutV1HypercallX86.Size);
        Assert.Equal(36, TmemOp.LayoutV0May2009X86.Size);
        Assert.Equal(40, TmemOp.GenericArm.LayoutV1HypercallX64.FrameOffset);
        Assert.Equal(136, XenSysctl.MaxSize);
        Assert.Equal(8, XenSysctl.LayoutV1Sysctl46X64.TmemOpOffset);
        Assert.Equal(20, XenTmemClient.Layout.Size);
        foreach (TmemAbi abi in TmemAbi.All())
        {
            Assert.Equal(TmemOp.GetLayout(abi)!.SizeBytes, TmemOp.SizeOf(abi));
            Assert.Equal(TmemHandle.GetLayout(abi)?.SizeBytes ?? 0, TmemHandle.SizeOf(abi));
            Assert.Equal(XenTmemPoolInfo.GetLayout(abi)?.SizeBytes ?? 0, XenTmemPoolInfo.SizeOf(abi));
        }
    }
}
