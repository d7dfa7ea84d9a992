using System.Runtime.InteropServices;
using System.Text;

namespace TmemCore.PageBench;

/// <summary>
/// Pages as the memory of a machine holds them, the same for the same seed: heaps, text, rows of tables, files of programs,
/// zero and random. Programs are read from the machine; where it has none of the usual folders, heaps stand in for them.
/// </summary>
internal sealed class PageCorpus
{
    private const int PageBytes = TmemPool.PageBytes;

    /// <summary>Where Linux keeps programs and libraries. What is smaller than this is mostly a link or a script.</summary>
    private const int LeastFileBytes = 64 << 10;

    private static readonly string[] s_programFolders = ["/usr/bin", "/usr/lib"];

    /// <summary>Of a hundred pages. Empty and random ones are rarer in memory than one fears; the rest is what lies in between.</summary>
    private static readonly (Kind Kind, int Share)[] s_mixture =
    [
        (Kind.Heap, 40), (Kind.Text, 14), (Kind.Rows, 10), (Kind.Program, 24), (Kind.Zero, 4), (Kind.Random, 8),
    ];

    private readonly byte[] _bytes;

    private PageCorpus(byte[] bytes) => _bytes = bytes;

    private enum Kind
    {
        Heap,
        Text,
        Rows,
        Program,
        Zero,
        Random,
    }

    public int Count => _bytes.Length / PageBytes;

    public ReadOnlySpan<byte> this[int page] => _bytes.AsSpan(page * PageBytes, PageBytes);

    /// <summary>So many pages, in random order of kinds.</summary>
    public static PageCorpus Make(int pages, int seed)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(pages * PageBytes, pinned: true);
        Kind[] kinds = [.. s_mixture.SelectMany(static part => Enumerable.Repeat(part.Kind, part.Share))];
        var random = new Random(seed);
        string[] programs = Programs();
        for (int page = 0; page < pages; page++)
        {
            Fill(bytes.AsSpan(page * PageBytes, PageBytes), kinds[random.Next(kinds.Length)], random, programs);
        }

        return new PageCorpus(bytes);
    }

    private static string[] Programs() =>
    [
        .. s_programFolders.Where(Directory.Exists)
            .SelectMany(static folder => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.TopDirectoryOnly)
                .Concat(Libraries(folder)))
            .Where(static file => file.LinkTarget is null && file.Length >= LeastFileBytes)
            .Select(static file => file.FullName)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The libraries of the machine's kind, one folder below <c>/usr/lib</c>.</summary>
    private static IEnumerable<FileInfo> Libraries(string folder) => Directory.EnumerateDirectories(folder, "*-linux-gnu*")
        .SelectMany(static below => new DirectoryInfo(below).EnumerateFiles("*.so*"));

    private static void Fill(Span<byte> page, Kind kind, Random random, string[] programs)
    {
        page.Clear();
        switch (kind)
        {
            case Kind.Heap:
                Heap(page, random);
                break;
            case Kind.Text:
                Text(page, random);
                break;
            case Kind.Rows:
                Rows(page, random);
                break;
            case Kind.Program:
                Program(page, random, programs);
                break;
            case Kind.Random:
                random.NextBytes(page);
                break;
            default:
                break;
        }
    }

    /// <summary>Objects one after the other, of a few types: a header, then pointers, small numbers, hashes, strings or nothing yet.</summary>
    private static void Heap(Span<byte> page, Random random)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(page);
        ulong heap = 0x7f00_0000_0000UL + ((ulong)random.Next(1 << 14) << 24);
        Span<int> shapes = stackalloc int[1 + random.Next(5)];
        foreach (ref int shape in shapes)
        {
            shape = random.Next(1 << 20);
        }

        int used = random.Next(4) == 0 ? random.Next(words.Length) : words.Length;
        for (int at = 0; at < used;)
        {
            int shape = shapes[random.Next(shapes.Length)];
            int length = Math.Min(2 + (shape & 7), used - at);
            words[at] = 0x5500_0000_0000UL + ((ulong)shape << 4);
            for (int i = 1; i < length; i++)
            {
                words[at + i] = Field((shape >> (i * 2)) & 7, heap, random);
            }

            at += length;
        }
    }

    private static ulong Field(int type, ulong heap, Random random) => type switch
    {
        0 or 1 => heap + ((ulong)random.Next(1 << 18) << 4),
        2 => (ulong)random.Next(64),
        3 => 0,
        4 => ((ulong)random.Next(1 << 16) << 32) | (uint)random.Next(4),
        5 => (ulong)random.NextInt64(),
        6 => 0x0065_0072_0061_0000UL + (uint)random.Next(26) + ((ulong)random.Next(26) << 48),
        _ => heap + ((ulong)random.Next(64) << 4),
    };

    /// <summary>Words of a vocabulary of its own for each page, the first ones the most often; some lines repeat their beginning.</summary>
    private static void Text(Span<byte> page, Random random)
    {
        string[] words = [.. Enumerable.Range(0, 150 + random.Next(250)).Select(_ => Word(random))];
        string indent = new(' ', random.Next(12));
        var text = new StringBuilder();
        while (text.Length < page.Length)
        {
            // The product of two even numbers leans to the low ones, about as words in use do.
            text.Append(words[(int)(random.NextDouble() * random.NextDouble() * words.Length)]);
            text.Append(random.Next(9) switch { 0 => ", ", 1 => ".\n" + indent, 2 => "(", 3 => " = ", _ => " " });
        }

        Encoding.ASCII.GetBytes(text.ToString(0, page.Length), page);
    }

    private static string Word(Random random)
    {
        const string Letters = "eeeetttaaooiinnsshhrrddllccuummwffggyypbvk_x";
        Span<char> word = stackalloc char[2 + random.Next(9)];
        random.GetItems(Letters, word);
        return new string(word);
    }

    /// <summary>A page of a table: places of rows in front, rows from the end, of numbers that grow, of states and of short texts.</summary>
    private static void Rows(Span<byte> page, Random random)
    {
        int rowBytes = 24 + random.Next(100);
        uint key = (uint)random.Next();
        int states = 1 + random.Next(6);
        int end = page.Length;
        for (int at = 16; end - rowBytes > at + 2; at += 2)
        {
            Span<byte> row = page[(end - rowBytes)..end];
            MemoryMarshal.Write(row, key += (uint)random.Next(1, 4));
            row[4] = (byte)random.Next(states);
            MemoryMarshal.Write(row[8..], 1_700_000_000L + random.Next(1 << 20));
            for (int i = 16; i < row.Length; i++)
            {
                row[i] = i % 16 < 10 ? (byte)('a' + random.Next(16)) : (byte)' ';
            }

            end -= rowBytes;
            MemoryMarshal.Write(page[at..], (ushort)end);
        }
    }

    private static void Program(Span<byte> page, Random random, string[] programs)
    {
        if (programs.Length == 0)
        {
            Heap(page, random);
            return;
        }

        using SafeHandle file = File.OpenHandle(programs[random.Next(programs.Length)]);
        var handle = (Microsoft.Win32.SafeHandles.SafeFileHandle)file;
        long pages = RandomAccess.GetLength(handle) / PageBytes;
        RandomAccess.Read(handle, page, random.NextInt64(pages) * PageBytes);
    }
}
