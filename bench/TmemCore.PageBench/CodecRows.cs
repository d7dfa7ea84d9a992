using System.Globalization;

namespace TmemCore.PageBench;

/// <summary>The engine's LZ4 on pages and blocks that lie in no cache, against the system's liblz4; beside it another library's.</summary>
internal static class CodecRows
{
    /// <summary>128 MiB of pages and about half of that in blocks: a stretch of 8,192 does not find the last one's.</summary>
    private const int Pages = 1 << 15;

    private static readonly string[] s_names = ["lz4 compress", "lz4 decompress", "lz4 compress k4os", "lz4 decompress k4os"];

    public static void Run(BenchOptions options, Report report)
    {
        if (!s_names.Any(options.Wants))
        {
            return;
        }

        if (!CodecCorpus.HasYardstick)
        {
            report.Say($"The rows of lz4 are left out: there is no {Native.Lz4}. Debian's package liblz4-1 has it.");
            return;
        }

        var corpus = new CodecCorpus(Pages);
        (long yardstick, long other, long own) = corpus.StoredBytes();
        string sizes = string.Create(
            CultureInfo.InvariantCulture,
            $"{(double)own / Pages:0.0} bytes a page; {CodecCorpus.YardstickVersion} {(double)yardstick / Pages:0.0}, K4os {(double)other / Pages:0.0}");
        Add(s_names[0], 1.40, corpus.Pages, sizes, corpus.CompressYardstick, corpus.CompressOwn);
        Add(s_names[1], 1.20, corpus.Blocks, "blocks of liblz4", corpus.DecompressYardstick, corpus.DecompressOwn);
        Add(s_names[2], null, corpus.Pages, "another library", corpus.CompressYardstick, corpus.CompressOther);
        Add(s_names[3], null, corpus.Blocks, "another library", corpus.DecompressYardstick, corpus.DecompressOther);

        void Add(string name, double? must, int length, string note, Paired.Work yardstick, Paired.Work operation)
        {
            if (options.Wants(name))
            {
                report.Add(Paired.Run(options, name, must, note, length, yardstick, operation));
            }
        }
    }
}
