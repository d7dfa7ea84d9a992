using System.CommandLine;
using System.Globalization;
using System.IO.Pipelines;
using TmemCore.Migration;
using TmemCore.Tool.Control;
using TmemCore.Tool.Moving;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary><c>save</c>, <c>restore</c>, <c>migrate</c> and <c>receive</c>: a client of a host of this process as a stream.</summary>
internal sealed class MoveCommand : ToolCommand
{
    private MoveCommand(string name, string description, params (string CommandLine, string Effect)[] examples)
        : base(name, description) => Examples = examples;

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; }

    /// <summary>Makes all of them.</summary>
    public static IEnumerable<ToolCommand> CreateAll(StoreLink link) => [CreateSave(link), CreateRestore(link), CreateMigrate(link), CreateReceive(link)];

    private static MoveCommand CreateSave(StoreLink link)
    {
        var command = new MoveCommand(
            "save",
            "Write a client to a file: its settings, its pools, every persistent page. It goes on as before.",
            ("tmem save 3 three.tmem --script day.tmem", "Client 3 of that script is in the file."));
        Argument<ushort> client = ClientArgument();
        Argument<string> file = FileArgument("The file to write; one that is there is replaced when the client has been written.");
        command.Add(client);
        command.Add(file);
        link.AddScript(command);
        command.SetAction(parsed => link.OnHost(parsed, async host =>
        {
            string path = parsed.GetRequiredValue(file);
            string part = path + ".part";
            SaveReport report;
            try
            {
                await using FileStream stream = File.Create(part);
                PipeWriter writer = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
                report = await SaveStream.SaveAsync(Find(host, parsed.GetValue(client)), writer);
                await writer.CompleteAsync();
                stream.Flush(flushToDisk: true);
            }
            catch
            {
                File.Delete(part);
                throw;
            }

            File.Move(part, path, overwrite: true);
            link.Console.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{Amount.Of(report.Pages, "page")} in {ByteSize.Format(report.Bytes)}; calls waited {report.Pause.TotalMilliseconds:N1} ms at the end."));
        }));
        return command;
    }

    private static MoveCommand CreateRestore(StoreLink link)
    {
        var command = new MoveCommand(
            "restore",
            "Make a client of a file that 'tmem save' has written. When anything is wrong with the file, there is no client.",
            ("tmem restore three.tmem --script empty.tmem", "The client of the file is in that script's host."));
        Argument<string> file = FileArgument("The file.");
        Option<uint?> id = IdOption("the saved one, when it is free, otherwise the lowest free one");
        command.Add(file);
        command.Add(id);
        link.AddScript(command);
        command.SetAction(parsed => link.OnHost(parsed, async host =>
        {
            string path = parsed.GetRequiredValue(file);
            int? wanted = (int?)parsed.GetValue(id);
            if (wanted is null)
            {
                SaveStreamReport report = await ReadAsync(path, static reader => SaveStream.InspectAsync(reader));
                wanted = report.Client.Id is int saved && !host.TryGetClient(saved, out _) ? saved : null;
            }

            Tell(link, await ReadAsync(path, reader => SaveStream.RestoreAsync(host, reader, new RestoreOptions { Id = wanted })));
        }));
        return command;
    }

    private static MoveCommand CreateMigrate(StoreLink link)
    {
        var command = new MoveCommand(
            "migrate",
            "Move a client to where 'tmem receive' waits. It runs here until it runs there, and never at both.",
            ("tmem migrate 3 /run/move.sock --script day.tmem", "Client 3 runs where that socket leads to."),
            ("tmem migrate 3 192.0.2.7:7000 --script day.tmem", "The same over the network; nothing hides the pages on their way."));
        Argument<ushort> client = ClientArgument();
        Argument<MoveAddress> address = AddressArgument();
        command.Add(client);
        command.Add(address);
        link.AddScript(command);
        command.SetAction(parsed => link.OnHost(parsed, async host =>
        {
            TmemClient moved = Find(host, parsed.GetValue(client));
            await using var pipe = new SocketPipe(await parsed.GetRequiredValue(address).ConnectAsync(CancellationToken.None));
            SaveReport report = await ClientMigration.SendAsync(moved, pipe);
            link.Console.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Client {moved.Id} runs at {parsed.GetRequiredValue(address)}: {Amount.Of(report.Pages, "page")}, {ByteSize.Format(report.Bytes)}, {Amount.Of(report.Rounds, "round")}; calls waited {report.Pause.TotalMilliseconds:N1} ms."));
        }));
        return command;
    }

    private static MoveCommand CreateReceive(StoreLink link)
    {
        var command = new MoveCommand(
            "receive",
            "Wait for a client that 'tmem migrate' moves here; once.",
            ("tmem receive /run/move.sock --script empty.tmem", "Takes one client in, and tells what it has."));
        Argument<MoveAddress> address = AddressArgument();
        Option<uint?> id = IdOption("the lowest free one");
        command.Add(address);
        command.Add(id);
        link.AddScript(command);
        command.SetAction(parsed => link.OnHost(parsed, async host =>
        {
            MoveAddress place = parsed.GetRequiredValue(address);
            void Announce()
            {
                link.Console.Output.WriteLine($"Waiting at {place}.");
                link.Console.Output.Flush();
            }

            await using var pipe = new SocketPipe(await place.AcceptAsync(Announce, CancellationToken.None));
            var options = new ReceiveOptions { Client = new RestoreOptions { Id = (int?)parsed.GetValue(id) } };
            Tell(link, await ClientMigration.ReceiveAsync(host, pipe, options));
        }));
        return command;
    }

    /// <summary>Reads a file of a client from its beginning.</summary>
    internal static async Task<T> ReadAsync<T>(string path, Func<PipeReader, Task<T>> read)
    {
        try
        {
            await using FileStream stream = File.OpenRead(path);
            PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
            T result = await read(reader);
            await reader.CompleteAsync();
            return result;
        }
        catch (SaveStreamException e)
        {
            throw new ControlRefusedException($"{path}: {e.Message}");
        }
    }

    private static void Tell(StoreLink link, TmemClient client) => link.Console.Output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"Client {client.Id} runs here; its persistent pages take {ByteSize.Format(client.GetStatistics().PersistentBytes)}."));

    private static Option<uint?> IdOption(string otherwise) => WholeNumber.Option(
        "--id", "-i", $"The number that the client has here; {otherwise} when not given.", TmemHostOptions.MaximumClients - 1);

    private static TmemClient Find(TmemHost host, ushort client) => host.TryGetClient(client, out TmemClient? found)
        ? found
        : throw new ControlRefusedException($"there is no client {client}.");

    private static Argument<ushort> ClientArgument() => new("client") { Description = "The number of the client." };

    private static Argument<string> FileArgument(string description) => new("FILE") { Description = description };

    private static Argument<MoveAddress> AddressArgument() => new("ADDRESS")
    {
        Description = "The path of a Unix socket, with a slash in it, or HOST:PORT.",
        CustomParser = static result =>
        {
            string text = result.Tokens[0].Value;
            MoveAddress? address = MoveAddress.Parse(text);
            if (address is null)
            {
                result.AddError($"ADDRESS is \"{text}\", which is not {MoveAddress.Forms}.");
            }

            return address;
        },
    };
}
