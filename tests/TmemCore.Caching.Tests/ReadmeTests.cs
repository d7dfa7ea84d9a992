using System.Diagnostics;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TmemCore.Tool.Tests;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>The package's page says what is so, and its sample runs.</summary>
public class ReadmeTests
{
    /// <summary>What a project of a web program has without saying so.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.Extensions.DependencyInjection;
        """;

    private static readonly string[] s_lines = File.ReadAllLines(Page.Path);

    public static TheoryData<string, Type> OptionTables => new()
    {
        { "TmemCacheOptions", typeof(TmemCacheOptions) },
        { "TmemFrontOptions", typeof(TmemFrontOptions) },
    };

    [Fact]
    public async Task The_sample_answers_and_reckons_once()
    {
        using var folder = new TemporaryFolder();
        Copy(folder.FullName);
        Compile(Path.Combine(folder.FullName, "Program.dll"), Sample());
        using Process process = Start(folder.FullName);
        try
        {
            var output = new List<string>();
            string address = await ReadUntil(process, output, "Now listening on: ");
            using var http = new HttpClient { BaseAddress = new Uri(address) };

            Assert.Equal("144", await http.GetStringAsync(new Uri("squares/12", UriKind.Relative)));
            Assert.Equal("144", await http.GetStringAsync(new Uri("squares/12", UriKind.Relative)));
            Assert.Equal("169", await http.GetStringAsync(new Uri("squares/13", UriKind.Relative)));
            await ReadUntil(process, output, "reckoning 13");

            Assert.Single(output, static line => line == "reckoning 12");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [Theory]
    [MemberData(nameof(OptionTables))]
    public void The_table_of_options_has_every_option_and_its_examples_compile(string heading, Type type)
    {
        string[][] rows = [.. RowsBelow(heading)];
        string[] options = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(static property => property.Name)];

        Assert.Equal(options.Order(StringComparer.Ordinal), rows.Select(static row => row[0].Trim('`')).Order(StringComparer.Ordinal));
        using var folder = new TemporaryFolder();
        string settings = string.Join('\n', rows.Select(row => $"_ = new {type.Name} {{ {row[0].Trim('`')} = {row[3].Trim('`')} }};"));
        Compile(Path.Combine(folder.FullName, "Program.dll"), $"using TmemCore;\nusing TmemCore.Caching;\nusing TmemCore.Client;\n{settings}");
    }

    private static string Sample()
    {
        int begin = Array.IndexOf(s_lines, "```csharp") + 1;
        return string.Join('\n', s_lines[begin..Array.IndexOf(s_lines, "```", begin)]);
    }

    private static IEnumerable<string[]> RowsBelow(string heading) => s_lines
        .SkipWhile(line => line.TrimStart('#').Trim() != heading).Skip(1)
        .SkipWhile(static line => !line.StartsWith("|---", StringComparison.Ordinal)).Skip(1)
        .TakeWhile(static line => line.StartsWith('|'))
        .Select(static line => line.Trim('|', ' ').Split(" | ").Select(static cell => cell.Trim()).ToArray());

    /// <summary>The libraries that this test has, and what the runtime has to know to find the others.</summary>
    private static void Copy(string folder)
    {
        foreach (string library in Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll"))
        {
            File.Copy(library, Path.Combine(folder, Path.GetFileName(library)));
        }

        File.Copy(
            Path.Combine(AppContext.BaseDirectory, "TmemCore.Caching.Tests.runtimeconfig.json"), Path.Combine(folder, "Program.runtimeconfig.json"));
    }

    private static void Compile(string path, string text)
    {
        string[] trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            "Program",
            [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(text)],
            trusted.Select(static file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(
                OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, generalDiagnosticOption: ReportDiagnostic.Error));

        Assert.Empty(compilation.Emit(path).Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
    }

    private static Process Start(string folder)
    {
        string host = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", "dotnet");
        return Process.Start(new ProcessStartInfo(host, ["exec", Path.Combine(folder, "Program.dll"), "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        })!;
    }

    /// <summary>Reads on until a line has some words, and gives what is behind them.</summary>
    private static async Task<string> ReadUntil(Process process, List<string> output, string words)
    {
        while (await process.StandardOutput.ReadLineAsync() is string line)
        {
            output.Add(line);
            if (line.IndexOf(words, StringComparison.Ordinal) is int at && at >= 0)
            {
                return line[(at + words.Length)..].Trim();
            }
        }

        throw new InvalidOperationException($"The program ended before it said \"{words}\":\n{string.Join('\n', output)}");
    }
}
