using System.CommandLine;
using TmemCore.Abi;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem abi</c>: prints where the fields of the binary interface are.</summary>
internal sealed partial class AbiCommand : ToolCommand
{
    private const string Table = "table";
    private const string Csv = "csv";
    private const string CHeader = "c-header";

    /// <summary>Makes the command.</summary>
    public AbiCommand()
        : base("abi", "Prints the layouts of the tmem binary interface, in every release and both word sizes.")
    {
        Option<string> format = new("--format")
        {
            Description = "table (to read), csv (abi,struct,field,offset,size) or c-header (asserts its own layout).",
            DefaultValueFactory = _ => Table,
        };
        format.AcceptOnlyFromAmong(Table, Csv, CHeader);
        Option<string?> abi = new("--abi")
        {
            Description = "Only this release, such as v1-4.0.2_to_4.5, or with /x86_64 or /x86_32 only that word size.",
        };
        Add(format);
        Add(abi);
        SetAction(result => Run(
            result.GetValue(format)!,
            result.GetValue(abi),
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
    [
        ("tmem abi --format csv --abi v1-4.0.2_to_4.5/x86_64", "Offsets and sizes of one release for 64-bit guests, a row a field."),
        ("tmem abi --format c-header > tmem.h", "All layouts as C, with assertions that the compiler checks."),
    ];

    private static int Run(string format, string? abi, TextWriter output, TextWriter error)
    {
        IReadOnlyList<AbiLayout> all = AbiCatalogue.Layouts();
        AbiLayout[] layouts = [.. all.Where(layout => abi is null || layout.Label == abi || layout.Release == abi)];
        if (layouts.Length == 0)
        {
            string known = string.Join(", ", all.Select(layout => layout.Release).Distinct());
            error.WriteLine($"tmem abi: there is no ABI \"{abi}\". Known: {known}; each also with /x86_64 or /x86_32.");
            return 1;
        }

        switch (format)
        {
            case Csv:
                AbiListing.WriteCsv(output, layouts);
                break;
            case CHeader:
                AbiListing.WriteCHeader(output, layouts, AbiCatalogue.Operations);
                break;
            default:
                WriteTable(output, layouts);
                break;
        }

        return 0;
    }
}
