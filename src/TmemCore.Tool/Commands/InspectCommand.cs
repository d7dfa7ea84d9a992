using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using TmemCore.Migration;
using TmemCore.Tool.Control;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary><c>inspect</c>: what a saved client holds, without a host.</summary>
internal sealed class InspectCommand : ToolCommand
{
    private readonly ToolConsole _console;
    private readonly Argument<string> _file = new("FILE") { Description = "A file that 'tmem save' has written." };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object instead of lines." };

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where it writes.</param>
    public InspectCommand(ToolConsole console)
        : base("inspect", "Verify a saved client and tell what it holds: every checksum, every packed page. The exit code is 1 when the file is damaged.")
    {
        _console = console;
        Add(_file);
        Add(_json);
        SetAction((arguments, _) => RunAsync(arguments));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
    [
        ("tmem inspect three.tmem", "The client's settings and pools, and how many pages each has."),
        ("tmem inspect three.tmem --json", "The same for programs."),
    ];

    private async Task<int> RunAsync(ParseResult arguments)
    {
        try
        {
            SaveStreamReport report = await MoveCommand.ReadAsync(arguments.GetRequiredValue(_file), static reader => SaveStream.InspectAsync(reader));
            if (arguments.GetValue(_json))
            {
                _console.Output.WriteLine(JsonSerializer.Serialize(report, InspectJsonContext.Default.SaveStreamReport));
            }
            else
            {
                Write(report);
            }

            return ExitCode.Success;
        }
        catch (ControlRefusedException e)
        {
            _console.Error.WriteLine("tmem inspect: " + e.Message);
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _console.Error.WriteLine("tmem inspect: " + e.Message);
            return ExitCode.Usage;
        }
    }

    private void Write(SaveStreamReport report)
    {
        TmemClientOptions client = report.Client;
        _console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Client {client.Id} \"{client.Name}\", weight {client.Weight}{(report.IsFrozen ? ", frozen" : "")}: {Amount.Of(report.Pages, "page")} in {ByteSize.Format(report.Bytes)}, version {report.Version}; all sound."));
        string[] head = ["pool", "kind", "uuid", "pages written"];
        foreach (string line in TextTable.Lines([head, .. report.Pools.Select(RowOf)], textColumns: 3))
        {
            _console.Output.WriteLine(line);
        }
    }

    private static string[] RowOf(SavedPool pool) =>
    [
        pool.Id.ToString(CultureInfo.InvariantCulture),
        pool.Kind switch
        {
            SavedPoolKind.Persistent => "persistent",
            SavedPoolKind.Retaining => "retaining",
            SavedPoolKind.SharedEphemeral => "shared ephemeral",
            _ => "ephemeral",
        },
        pool.Uuid == default ? "-" : pool.Uuid.ToString(),
        pool.PageRecords.ToString("N0", CultureInfo.InvariantCulture),
    ];
}

/// <summary>Writing without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SaveStreamReport))]
internal sealed partial class InspectJsonContext : JsonSerializerContext;
