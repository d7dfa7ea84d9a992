using System.Runtime.InteropServices;
using System.Text.Json;

namespace TmemCore.Generators.Tests.Publish;

/// <summary>What users get: native code without a warning, and a package that is enough by itself.</summary>
public sealed class PublishTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tmem-publish-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PublishFact(needsLinker: true)]
    public async Task A_program_published_as_native_code_without_a_warning_makes_the_round_trip()
    {
        string output = await Sdk.RunAsync(
            "dotnet", Sdk.RepositoryRoot, new Dictionary<string, string>(), "publish", "tests/TmemCore.AotSmoke", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier,
            "-p:PublishAot=true", "-p:TrimmerSingleWarn=false", "-p:CppCompilerAndLinker=" + Linker, "-warnaserror", "-m:1", "-o", _folder);
        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
        Assert.False(File.Exists(Path.Combine(_folder, "TmemCore.dll")), "The program was published as managed code.");

        string program = Path.Combine(_folder, "TmemCore.AotSmoke");
        Assert.Equal("round trip done", (await Sdk.RunAsync(program, _folder, new Dictionary<string, string>())).Trim());
    }

    [PublishFact]
    public async Task A_project_outside_the_repository_defines_calls_and_dispatches_an_op_of_its_own()
    {
        string project = await MakeConsumerAsync(Consumer.Sources);
        await Sdk.RunAsync("dotnet", project, OwnCache, "build", "-c", "Release", "-m:1", "-o", Path.Combine(_folder, "built"));
        string output = await Sdk.RunAsync("dotnet", project, OwnCache, Path.Combine(_folder, "built", "Consumer.dll"));
        Assert.Equal(Consumer.Output, output.Trim());
    }

    [PublishFact(needsLinker: true)]
    public async Task A_project_outside_the_repository_is_published_trimmed_and_as_native_code_without_a_warning()
    {
        string project = await MakeConsumerAsync(Consumer.SourcesWithTools);
        string trimmed = await PublishAsync(project, "trimmed", "-p:PublishTrimmed=true", "--self-contained");
        Assert.True(File.Exists(Path.Combine(trimmed, "TmemCore.dll")));
        Assert.False(File.Exists(Path.Combine(trimmed, "System.Xml.XDocument.dll")), "Nothing was trimmed.");

        string native = await PublishAsync(project, "native", "-p:PublishAot=true", "-p:CppCompilerAndLinker=" + Linker);
        Assert.False(File.Exists(Path.Combine(native, "TmemCore.dll")), "The program was published as managed code.");
    }

    [PublishFact]
    public async Task The_rules_come_in_a_package_of_their_own_and_find_an_array_that_is_not_pinned()
    {
        string packages = Directory.CreateDirectory(Path.Combine(_folder, "packages")).FullName;
        await Sdk.RunAsync("dotnet", Sdk.RepositoryRoot, new Dictionary<string, string>(), "pack", "analyzers/TmemCore.Package", "-c", "Release", "-m:1", "-o", packages);
        string version = Path.GetFileNameWithoutExtension(Directory.GetFiles(packages, "TmemCore.Analyzers.*.nupkg").Single())["TmemCore.Analyzers.".Length..];

        string project = Directory.CreateDirectory(Path.Combine(_folder, "binding")).FullName;
        File.WriteAllText(Path.Combine(project, "Binding.csproj"), Consumer.RulesProject.Replace("VERSION", version));
        File.WriteAllText(Path.Combine(project, "nuget.config"), Consumer.Sources.Replace("PACKAGES", packages));
        File.WriteAllText(Path.Combine(project, "Wrong.cs"), Consumer.Wrong);

        var environment = new Dictionary<string, string> { ["NUGET_PACKAGES"] = Path.Combine(_folder, "cache") };
        string output = await Sdk.RunToAsync(1, "dotnet", project, environment, "build", "-c", "Release", "-m:1");
        Assert.Contains("error TMEM101", output);
    }

    [PublishFact]
    public async Task The_command_is_installed_from_its_package_and_tries_itself()
    {
        string packages = Directory.CreateDirectory(Path.Combine(_folder, "packages")).FullName;
        await Sdk.RunAsync("dotnet", Sdk.RepositoryRoot, new Dictionary<string, string>(), "pack", "src/TmemCore.Tool", "-c", "Release", "-m:1", "-o", packages);
        File.WriteAllText(Path.Combine(_folder, "nuget.config"), Consumer.Sources.Replace("PACKAGES", packages));
        var environment = new Dictionary<string, string> { ["NUGET_PACKAGES"] = Path.Combine(_folder, "cache") };
        string tools = Path.Combine(_folder, "tools");
        await Sdk.RunAsync(
            "dotnet", _folder, environment, "tool", "install", "TmemCore.Tool", "--tool-path", tools, "--configfile", Path.Combine(_folder, "nuget.config"), "--prerelease");

        string tmem = Path.Combine(tools, OperatingSystem.IsWindows() ? "tmem.exe" : "tmem");
        Assert.Contains("try", await Sdk.RunAsync(tmem, _folder, environment, "--help"));
        string files = Directory.CreateDirectory(Path.Combine(_folder, "files")).FullName;
        var data = new byte[8 << 20];
        new Random(1).NextBytes(data);
        File.WriteAllBytes(Path.Combine(files, "data"), data);
        string tried = await Sdk.RunAsync(tmem, _folder, environment, "try", files, "--memory", "16MiB", "--guest-cache", "1MiB");
        Assert.Contains("Every page that came back was right.", tried);
    }

    /// <summary>A cache of its own: the one of this machine may hold an older package of the same version.</summary>
    private Dictionary<string, string> OwnCache => new() { ["NUGET_PACKAGES"] = Path.Combine(_folder, "cache") };

    /// <summary>Packs the library and writes a project that refers to the package.</summary>
    private async Task<string> MakeConsumerAsync(string sources)
    {
        string packages = Directory.CreateDirectory(Path.Combine(_folder, "packages")).FullName;
        await Sdk.RunAsync("dotnet", Sdk.RepositoryRoot, new Dictionary<string, string>(), "pack", "src/TmemCore", "-c", "Release", "-m:1", "-o", packages);
        string version = Path.GetFileNameWithoutExtension(Directory.GetFiles(packages, "TmemCore.*.nupkg").Single())["TmemCore.".Length..];

        CopyDependencies(packages);
        string project = Directory.CreateDirectory(Path.Combine(_folder, "consumer")).FullName;
        File.WriteAllText(Path.Combine(project, "Consumer.csproj"), Consumer.Project.Replace("VERSION", version));
        File.WriteAllText(Path.Combine(project, "nuget.config"), sources.Replace("PACKAGES", packages));
        File.WriteAllText(Path.Combine(project, "Program.cs"), Consumer.Program);
        return project;
    }

    /// <summary>Copies the packages that the library depends on out of the cache that they were restored into.</summary>
    private static void CopyDependencies(string packages)
    {
        using var assets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Sdk.RepositoryRoot, "src/TmemCore/obj/project.assets.json")));
        string[] roots = [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(static root => root.Name)];
        foreach (string dependency in Consumer.Dependencies)
        {
            JsonElement library = assets.RootElement.GetProperty("libraries").EnumerateObject()
                .Single(library => library.Name.StartsWith(dependency + "/", StringComparison.Ordinal)).Value;
            string folder = roots.Select(root => Path.Combine(root, library.GetProperty("path").GetString()!)).First(Directory.Exists);
            string package = Directory.GetFiles(folder, "*.nupkg").Single();
            File.Copy(package, Path.Combine(packages, Path.GetFileName(package)));
        }
    }

    /// <summary>Publishes for this machine, without a warning, and runs what comes of it.</summary>
    /// <returns>The folder it was published to.</returns>
    private async Task<string> PublishAsync(string project, string name, params string[] how)
    {
        string folder = Path.Combine(_folder, name);
        string output = await Sdk.RunAsync(
            "dotnet", project, OwnCache,
            ["publish", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-p:TrimmerSingleWarn=false", "-warnaserror", "-m:1", "-o", folder, .. how]);
        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Consumer.Output, (await Sdk.RunAsync(Path.Combine(folder, "Consumer"), folder, OwnCache)).Trim());
        return folder;
    }

    private static string Linker => File.Exists("/usr/bin/clang") ? "clang" : "gcc";
}
