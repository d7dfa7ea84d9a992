using System.Globalization;
using System.Text;

namespace TmemCore.SampleHeap.Parts;

/// <summary>The last lines of a log, as strings, kept for whoever asks.</summary>
/// <param name="hasRandomIdentifiers">Whether a request has an identifier by chance, or the name of its connection and its number there.</param>
internal sealed class LogPart(bool hasRandomIdentifiers) : HeapPart
{
    private static readonly string[] s_levels = ["INFO ", "INFO ", "INFO ", "DEBUG", "DEBUG", "WARN ", "ERROR"];
    private static readonly string[] s_sources = ["Orders.Api.OrderController", "Orders.Data.OrderStore", "Shop.Catalogue.Search", "Shop.Http.Client", "Shop.Payments.Gateway"];
    private static readonly string[] s_methods = ["GET", "GET", "GET", "POST", "PUT", "DELETE"];
    private static readonly string[] s_paths = ["orders", "customers", "products", "baskets"];

    private readonly StringBuilder _text = new();
    private readonly Connection[] _connections = new Connection[8];

    /// <inheritdoc/>
    public override string Name => "log";

    /// <inheritdoc/>
    public override object Make(Random random, Vocabulary words)
    {
        DateTime time = Draw.Moment(random);
        if (!hasRandomIdentifiers)
        {
            foreach (ref Connection connection in _connections.AsSpan())
            {
                connection = ConnectionOf(random);
            }
        }

        var lines = new Queue<string>();
        for (int count = Draw.Skewed(random, 20, 500); count > 0; count--)
        {
            time = time.AddMilliseconds(Draw.Skewed(random, 1, 2_000));
            lines.Enqueue(LineOf(time, random, words));
        }

        return lines;
    }

    private string LineOf(DateTime time, Random random, Vocabulary words)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        string level = Vocabulary.OneOf(s_levels, random);
        _text.Clear().Append(culture, $"{time:yyyy-MM-ddTHH:mm:ss.fffZ} {level} [{random.Next(1, 64)}] {Vocabulary.OneOf(s_sources, random)}: ");
        if (random.Next(4) == 0)
        {
            words.AppendText(_text, random.Next(4, 16), random);
        }
        else
        {
            AppendRequest(random);
            _text.Append(culture, $" {Vocabulary.OneOf(s_methods, random)} /api/{Vocabulary.OneOf(s_paths, random)}/{random.Next(1_000_000)}");
            _text.Append(culture, $" answered {(random.Next(20) == 0 ? 404 : 200)} in {Draw.Skewed(random, 300, 900_000) / 1000.0:F1} ms");
        }

        return _text.ToString();
    }

    private void AppendRequest(Random random)
    {
        if (hasRandomIdentifiers)
        {
            _text.Append(CultureInfo.InvariantCulture, $"request {Draw.Identifier(random):N}");
            return;
        }

        // Clients keep a connection for some requests, then come with another.
        ref Connection connection = ref _connections[random.Next(_connections.Length)];
        connection = random.Next(16) == 0 ? ConnectionOf(random) : connection with { Requests = connection.Requests + 1 };
        _text.Append(CultureInfo.InvariantCulture, $"request {connection.Name}:{connection.Requests:X8}");
    }

    private static Connection ConnectionOf(Random random) => new(random.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUV", 13), 1);

    private readonly record struct Connection(string Name, int Requests);
}
