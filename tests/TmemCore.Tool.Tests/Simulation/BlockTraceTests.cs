using System.IO.Compression;
using System.Text;
using TmemCore.Tool.Simulation;
using Xunit;

namespace TmemCore.Tool.Tests.Simulation;

public sealed class BlockTraceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.lis", "10 3 0 1\r\n\n  7\t1 9  2 \n18446744073709551615 1 0 3\n5 0 0 4\n8 1 0 5", "10 11 12 7 18446744073709551615 8")]
    [InlineData("a.csv", "time,block,size\n1,10,4096\n\n2, 0x1F ,512\n", "10 31")]
    [InlineData("a.csv", "\ufeffLBA,Count\n10,3\n7,1", "10 11 12 7")]
    [InlineData("unknown", "10 3 0 1\n", "10 11 12")]
    [InlineData("unknown", "obj_id\n4\n", "4")]
    public void Pages_are_read_in_their_order(string name, string text, string blocks)
    {
        Assert.Equal(blocks, string.Join(' ', Read(_folder.Write(name, text)).Select(access => access.Block)));
    }

    [Fact]
    public void Records_tell_the_next_access()
    {
        string path = WriteBytes("trace", Traces.OracleGeneral([7, 1UL << 63, 7]));

        BlockAccess[] read = [.. Read(path)];

        Assert.Equal<BlockAccess>([new(7, 2), new(1UL << 63, BlockAccess.Never), new(7, BlockAccess.Never)], read);
    }

    [Fact]
    public void A_column_tells_the_next_access()
    {
        string path = _folder.Write("a.csv", "next_access_vtime,id\n3,7\n-1,8\n9223372036854775807,9\n");

        Assert.Equal<BlockAccess>([new(7, 3), new(8, BlockAccess.Never), new(9, BlockAccess.Never)], Read(path));
    }

    [Theory]
    [InlineData("zipf.oracleGeneral", nameof(BlockTraceFormat.OracleGeneral))]
    [InlineData("zipf.oracleGeneral.gz", nameof(BlockTraceFormat.OracleGeneral))]
    [InlineData("zipf.LIS", nameof(BlockTraceFormat.Lis))]
    [InlineData("zipf.lis.gz", nameof(BlockTraceFormat.Lis))]
    [InlineData("zipf.bin", nameof(BlockTraceFormat.OracleGeneral))]
    [InlineData("zipf.txt.gz", nameof(BlockTraceFormat.Lis))]
    public void The_format_is_told_by_the_name_or_the_first_bytes(string name, string format)
    {
        ulong[] blocks = Traces.Skewed(1, 30_000, 100_000);
        byte[] bytes = format == nameof(BlockTraceFormat.Lis) ? Encoding.ASCII.GetBytes(Traces.Lis(blocks)) : Traces.OracleGeneral(blocks);

        string path = WriteBytes(name, name.EndsWith(".gz", StringComparison.Ordinal) ? Compress(bytes) : bytes);

        using (var trace = BlockTrace.Open(path, null))
        {
            Assert.Equal(format, trace.Format.ToString());
        }

        Assert.Equal(blocks, Read(path).Select(access => access.Block));
    }

    [Fact]
    public void A_format_that_is_given_goes_before_the_name()
    {
        using var trace = BlockTrace.Open(_folder.Write("a.csv", "1 1 0 1\n"), BlockTraceFormat.Lis);

        Assert.True(trace.TryRead(out BlockAccess access));
        Assert.Equal(1ul, access.Block);
    }

    [Theory]
    [InlineData("a.lis", "1 1 0 1\n2 1 0\n", "line 2: there are 3 numbers")]
    [InlineData("a.lis", "1 1 0 1 5\n", "line 1: there are 5 numbers")]
    [InlineData("a.lis", "1 1 0 1\n\n1 x 0 1\n", "line 3: \"x\" is not a whole number")]
    [InlineData("a.lis", "-1 1 0 1\n", "\"-1\" is not a whole number")]
    [InlineData("a.lis", "18446744073709551616 1 0 1\n", "\"18446744073709551616\" is not a whole number")]
    [InlineData("a.lis", "1.5 1 0 1\n", "\"1.5\" is not a whole number")]
    [InlineData("a.lis", "\u001b[31m 1 0 1\n", "\"?[31m\" is not a whole number")]
    [InlineData("a.lis", "0 16777217 0 1\n", "16777217 blocks at once; there may be 16777216")]
    [InlineData("a.lis", "0 18446744073709551615 0 1\n", "18446744073709551615 blocks at once")]
    [InlineData("a.lis", "18446744073709551615 2 0 1\n", "end beyond 64 bits")]
    [InlineData("a.csv", "", "line 1: the file is empty")]
    [InlineData("a.csv", "time,size\n1,2\n", "line 1: no column names a page in \"time,size\"")]
    [InlineData("a.csv", "block,count,next_access\n", "columns count and next_access")]
    [InlineData("a.csv", "time,block\n1,2\n3\n", "line 3: there are 1 columns; the first line names 2")]
    [InlineData("a.csv", "time,block\n1,\n", "line 2: \"\" is not a whole number")]
    [InlineData("a.csv", "block\n0x\n", "\"0x\" is not a whole number")]
    [InlineData("a.csv", "block,next_access\n1,soon\n", "\"soon\" is not a whole number")]
    [InlineData("a.oracleGeneral", "123456789012345678901234567890", "record 2: the file ends after 6 of its 24 bytes")]
    public void What_is_wrong_is_told_with_its_place(string name, string text, string message)
    {
        string path = _folder.Write(name, text);

        InvalidDataException wrong = Assert.Throws<InvalidDataException>(() => Read(path));

        Assert.StartsWith(path, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_end_is_refused_before_it_is_all_read()
    {
        string path = _folder.Write("a.lis", new string('1', 1 << 20));

        Assert.Contains("longer than 4,096 bytes", Assert.Throws<InvalidDataException>(() => Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_file_that_was_cut_short_is_refused()
    {
        byte[] bytes = Compress(Encoding.ASCII.GetBytes(Traces.Lis(Traces.Skewed(1, 30_000, 100_000))));
        string path = WriteBytes("a.lis.gz", bytes[..(bytes.Length / 2)]);

        Assert.ThrowsAny<InvalidDataException>(() => Read(path));
    }

    [Fact]
    public void Another_compression_is_named()
    {
        string path = WriteBytes("a.lis.zst", [0x28, 0xb5, 0x2f, 0xfd, 0, 0]);

        Assert.Contains("Zstandard", Assert.Throws<InvalidDataException>(() => Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_holds_no_request() => Assert.Empty(Read(_folder.Write("empty", "")));

    private static List<BlockAccess> Read(string path)
    {
        var read = new List<BlockAccess>();
        using var trace = BlockTrace.Open(path, null);
        while (trace.TryRead(out BlockAccess access))
        {
            read.Add(access);
        }

        return read;
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return compressed.ToArray();
    }

    private string WriteBytes(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
