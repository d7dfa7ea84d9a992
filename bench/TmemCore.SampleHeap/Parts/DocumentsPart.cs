using System.Buffers;
using System.Text;
using System.Text.Json;

namespace TmemCore.SampleHeap.Parts;

/// <summary>Answers that are kept as JSON: pages of a catalogue with prices, tags and descriptions. Half are strings, half UTF-8 bytes.</summary>
/// <param name="hasRandomIdentifiers">Whether items have identifiers by chance, or numbers of a database.</param>
internal sealed class DocumentsPart(bool hasRandomIdentifiers) : HeapPart
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 20);
    private readonly StringBuilder _text = new();

    /// <inheritdoc/>
    public override string Name => "documents";

    /// <inheritdoc/>
    public override object Make(Random random, Vocabulary words)
    {
        Write(random, words);
        return random.Next(2) == 0 ? Encoding.UTF8.GetString(_buffer.WrittenSpan) : _buffer.WrittenSpan.ToArray();
    }

    /// <summary>Such a document, as bytes that are valid until the next one.</summary>
    public ReadOnlySpan<byte> Write(Random random, Vocabulary words)
    {
        _buffer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_buffer);
        json.WriteStartObject();
        json.WriteNumber("page", Draw.Skewed(random, 1, 500));
        json.WriteStartArray("items");
        int items = Draw.Skewed(random, 2, 60);
        long number = hasRandomIdentifiers ? 0 : random.NextInt64(10_000_000);
        for (int i = 0; i < items; i++)
        {
            json.WriteStartObject();
            WriteIdentifier(json, ref number, random);
            WriteItem(json, random, words);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return _buffer.WrittenSpan;
    }

    private void WriteIdentifier(Utf8JsonWriter json, ref long number, Random random)
    {
        if (hasRandomIdentifiers)
        {
            json.WriteString("id", Draw.Identifier(random));
            return;
        }

        number += random.Next(1, 50);
        json.WriteNumber("id", number);
    }

    private void WriteItem(Utf8JsonWriter json, Random random, Vocabulary words)
    {
        json.WriteString("title", TextOf(random.Next(2, 6), random, words));
        json.WriteString("description", TextOf(Draw.Skewed(random, 8, 80), random, words));
        json.WriteNumber("price", Draw.Skewed(random, 99, 500_000) / 100m);
        json.WriteString("currency", "EUR");
        json.WriteBoolean("available", random.Next(5) != 0);
        json.WriteString("updatedAt", Draw.Moment(random));
        json.WriteStartArray("tags");
        for (int tags = random.Next(5); tags > 0; tags--)
        {
            json.WriteStringValue(words.Word(random));
        }

        json.WriteEndArray();
        json.WriteStartObject("rating");
        json.WriteNumber("average", Math.Round(1 + (4 * random.NextDouble()), 1));
        json.WriteNumber("count", Draw.Skewed(random, 1, 5_000));
        json.WriteEndObject();
    }

    private ReadOnlySpan<char> TextOf(int count, Random random, Vocabulary words)
    {
        words.AppendText(_text.Clear(), count, random);
        return _text.ToString();
    }
}
