using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace TmemCore.PageBench;

/// <summary>All rows, as a table while they come and as one JSON object in the end.</summary>
internal sealed class Report(BenchOptions options, TextWriter output)
{
    private readonly List<Row> _rows = [];

    public void Begin()
    {
        output.WriteLine($"{Machine()}; {options.Pages:N0} pages, {options.Rounds} rounds");
        output.WriteLine($"{"row",-22}{"ns",9}{"ratio",9}{"must",9}  {"met",-5}{"p50",8}{"p99",8}{"p99.9",9}  note");
    }

    /// <summary>A line between the rows.</summary>
    public void Say(string line) => output.WriteLine(line);

    public void Add(Row row)
    {
        _rows.Add(row);
        string must = row.Must is double value ? (row.AtLeast ? ">=" : "<=") + value.ToString("0.##", CultureInfo.InvariantCulture) : "";
        string met = row.Met switch { true => "yes", false => "NO", null => "" };
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Name,-22}{row.Ns,9:0.0}{row.Ratio,9:0.000}{must,9}  {met,-5}{row.P50,8:0}{row.P99,8:0}{row.P999,9:0}  {row.Note}"));
    }

    public string ToJson()
    {
        var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("machine", Machine());
            json.WriteNumber("pages", options.Pages);
            json.WriteStartArray("rows");
            foreach (Row row in _rows)
            {
                Write(json, row);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter json, Row row)
    {
        json.WriteStartObject();
        json.WriteString("name", row.Name);
        Write(json, "ns", row.Ns);
        Write(json, "ratio", row.Ratio);
        Write(json, "p50", row.P50);
        Write(json, "p99", row.P99);
        Write(json, "p999", row.P999);
        Write(json, "must", row.Must);
        if (row.Met is bool met)
        {
            json.WriteBoolean("met", met);
        }
        else
        {
            json.WriteNull("met");
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is double number && double.IsFinite(number))
        {
            json.WriteNumber(name, Math.Round(number, 4));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static string Machine()
    {
        string processor = "unknown processor";
        if (File.Exists("/proc/cpuinfo"))
        {
            string? line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
            processor = line?[(line.IndexOf(':') + 1)..].Trim() ?? processor;
        }

        return $"{processor}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}";
    }
}
