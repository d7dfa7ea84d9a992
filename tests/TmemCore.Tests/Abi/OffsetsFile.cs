using System.Globalization;
using TmemCore.Abi;

namespace TmemCore.Tests.Abi;

/// <summary>The offsets of the original's headers as a C compiler gave them, one row for each field.</summary>
internal static class OffsetsFile
{
    public static string Text { get; } =
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Abi", "Data", "tmem-abi-offsets.csv"));

    public static IReadOnlyList<(string Abi, string Struct, string Field, int Offset, int Size)> Rows { get; } =
    [
        .. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).Select(cells => (
            cells[0],
            cells[1],
            cells[2],
            int.Parse(cells[3], CultureInfo.InvariantCulture),
            int.Parse(cells[4], CultureInfo.InvariantCulture))),
    ];

    /// <summary>Puts values where the file says; everything else is zero.</summary>
    public static byte[] Assemble(string abi, string structure, params (string Field, UInt128 Low, ulong High)[] values)
    {
        byte[] bytes = new byte[Find(abi, structure, "__sizeof__").Size];
        foreach ((string field, UInt128 low, ulong high) in values)
        {
            (int offset, int size) = Find(abi, structure, field);
            for (int i = 0; i < size; i++)
            {
                bytes[offset + i] = i < 16 ? (byte)(low >> (8 * i)) : (byte)(high >> (8 * (i - 16)));
            }
        }

        return bytes;
    }

    public static (int Offset, int Size) Find(string abi, string structure, string field)
    {
        var row = Rows.Single(candidate => candidate.Abi == abi && candidate.Struct == structure && candidate.Field == field);
        return (row.Offset, row.Size);
    }

    public static bool Has(string abi, string structure, string field) =>
        Rows.Any(candidate => candidate.Abi == abi && candidate.Struct == structure && candidate.Field == field);

    /// <summary>The file's name for the guest header of a generation and word size.</summary>
    public static string GuestLabel(TmemAbi abi) => TmemOp.GetLayout(abi)!.Label;
}
