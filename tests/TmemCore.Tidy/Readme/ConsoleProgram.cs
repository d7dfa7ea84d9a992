using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TmemCore.Client;

namespace TmemCore.Tidy.Readme;

/// <summary>What a program did.</summary>
/// <param name="ExitCode">The code it ended with.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Errors">What it printed as errors.</param>
internal sealed record ProgramResult(int ExitCode, string Output, string Errors);

/// <summary>
/// A program's text as somebody would paste it into a fresh console project that references TmemCore and TmemCore.Client: with that project's
/// implicit usings, nullable on, warnings as errors. It runs in a process of its own.
/// </summary>
internal sealed class ConsoleProgram(string text)
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>The libraries, and the codec that comes with them.</summary>
    private static readonly string[] s_libraries =
    [
        typeof(TmemHost).Assembly.Location,
        typeof(TmemConnection).Assembly.Location,
        Path.Combine(AppContext.BaseDirectory, "ZstdSharp.dll"),
    ];

    private static readonly MetadataReference[] s_references =
        [.. Directory.EnumerateFiles(FrameworkFolder, "*.dll").Where(IsManaged).Concat(s_libraries)
            .Select(path => MetadataReference.CreateFromFile(path))];

    private static string FrameworkFolder => Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <summary>Compiles and runs it.</summary>
    /// <exception cref="FormatException">It does not compile; the message has the compiler's complaints.</exception>
    public ProgramResult Run()
    {
        using var folder = new TemporaryFolder();
        string program = Path.Combine(folder.Path, "Program.dll");
        Compile(program);
        foreach (string library in s_libraries)
        {
            File.Copy(library, Path.Combine(folder.Path, Path.GetFileName(library)));
        }

        folder.Write("Program.runtimeconfig.json", $$"""
            {
              "runtimeOptions": {
                "tfm": "net10.0",
                "framework": { "name": "Microsoft.NETCore.App", "version": "{{Environment.Version.ToString(3)}}" },
                "configProperties": { "System.Globalization.Invariant": true }
              }
            }
            """);
        return Start(program);
    }

    private static bool IsManaged(string path)
    {
        using var file = new System.Reflection.PortableExecutable.PEReader(File.OpenRead(path));
        return file.HasMetadata;
    }

    private static ProgramResult Start(string program)
    {
        string host = Path.Combine(FrameworkFolder, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        var start = new ProcessStartInfo(host, ["exec", program]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ProgramResult(process.ExitCode, output.ReplaceLineEndings("\n"), errors.GetAwaiter().GetResult());
    }

    private void Compile(string path)
    {
        CSharpCompilationOptions options = new(
            OutputKind.ConsoleApplication,
            nullableContextOptions: NullableContextOptions.Enable,
            generalDiagnosticOption: ReportDiagnostic.Error);
        var compilation = CSharpCompilation.Create(
            "Program", [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(text)], s_references, options);
        string[] complaints = [.. compilation.Emit(path).Diagnostics
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => diagnostic.ToString())];
        if (complaints.Length > 0)
        {
            throw new FormatException(string.Join('\n', complaints));
        }
    }
}
