using System.Globalization;
using System.Text;

namespace TmemCore.SampleHeap.Parts;

/// <summary>Buffers of 4 to 64 KiB for reading from connections and files, filled in part: with requests and JSON, one in fifty with encrypted bytes.</summary>
/// <param name="hasRandomIdentifiers">Whether items in the JSON have identifiers by chance, or numbers.</param>
internal sealed class BuffersPart(bool hasRandomIdentifiers) : HeapPart
{
    private readonly DocumentsPart _documents = new(hasRandomIdentifiers);

    /// <inheritdoc/>
    public override string Name => "buffers";

    /// <inheritdoc/>
    public override object Make(Random random, Vocabulary words)
    {
        var buffer = new byte[4096 << random.Next(5)];
        Span<byte> left = buffer.AsSpan(0, random.Next(buffer.Length + 1));
        if (random.Next(50) == 0)
        {
            random.NextBytes(left);
            return buffer;
        }

        while (!left.IsEmpty)
        {
            left = Fill(left, Head(random));
            left = Fill(left, _documents.Write(random, words));
        }

        return buffer;
    }

    private static ReadOnlySpan<byte> Head(Random random) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"POST /api/products/{random.Next(1_000_000)} HTTP/1.1\r\nHost: shop.example.com\r\nAccept: application/json\r\nContent-Type: application/json; charset=utf-8\r\n"
        + $"Authorization: Bearer {Draw.Identifier(random):N}{Draw.Identifier(random):N}\r\nX-Request-Id: {Draw.Identifier(random)}\r\n\r\n"));

    private static Span<byte> Fill(Span<byte> left, ReadOnlySpan<byte> data)
    {
        int bytes = Math.Min(left.Length, data.Length);
        data[..bytes].CopyTo(left);
        return left[bytes..];
    }
}
