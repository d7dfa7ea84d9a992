using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace TmemCore.Tidy.Notices;

/// <summary>
/// The notices of a shipped project, made of what its last restore found: every package whose files go where the project
/// goes, directly or through another. Packages that only help to build are left out.
/// </summary>
internal static class PackageNotices
{
    public const string FileName = "THIRD-PARTY-NOTICES.txt";

    /// <summary>Licences known by their short names, in files of that name.</summary>
    private const string LicenceFolder = "tests/TmemCore.Tidy/Notices/Licences";

    private static readonly EnumerationOptions s_anyCase = new() { MatchCasing = MatchCasing.CaseInsensitive };

    private static readonly string[] s_shippedAssets = ["runtime", "runtimeTargets", "native", "resource"];

    /// <summary>A package that a project ships with.</summary>
    private sealed record Package(string Id, string Version, string Copyright, string Home, string Licence, string LicenceText, string OwnNotices);

    /// <summary>Writes the notices of a project.</summary>
    /// <param name="projectName">Its name, for the head.</param>
    /// <param name="assetsPath">The <c>project.assets.json</c> of its last restore.</param>
    /// <returns>Text with line feeds.</returns>
    /// <exception cref="FormatException">A package says nothing of its licence, or names one that is not known here.</exception>
    public static string Write(string projectName, string assetsPath)
    {
        using var assets = JsonDocument.Parse(File.ReadAllBytes(assetsPath));
        Package[] packages = [.. ShippedIn(assets.RootElement).Order(StringComparer.Ordinal).Select(key => Read(assets.RootElement, key))];
        var text = new StringBuilder($"Third-party notices of {projectName}\n\n");
        if (packages.Length == 0)
        {
            return text.Append("It ships with no package of others.\n").ToString();
        }

        text.Append("It ships with these packages of others. A test makes this list of what the build has used.\n");
        foreach (Package package in packages)
        {
            text.Append($"\n{package.Id} {package.Version}\n    {package.Copyright}\n    Licence: {package.Licence}\n");
            text.Append(package.Home.Length > 0 ? $"    {package.Home}\n" : "");
        }

        Append(text, packages.GroupBy(package => package.LicenceText), group => $"{group.First().Licence}: {NamesOf(group)}");
        Append(text, packages.Where(package => package.OwnNotices.Length > 0).GroupBy(package => package.OwnNotices), group => $"The notices of {NamesOf(group)}");
        return text.ToString();
    }

    private static void Append(StringBuilder text, IEnumerable<IGrouping<string, Package>> groups, Func<IGrouping<string, Package>, string> titleOf)
    {
        foreach (IGrouping<string, Package> group in groups)
        {
            text.Append($"\n{new string('-', 72)}\n{titleOf(group)}\n\n{group.Key}\n");
        }
    }

    private static string NamesOf(IEnumerable<Package> packages) => string.Join(", ", packages.Select(package => package.Id));

    private static IEnumerable<string> ShippedIn(JsonElement assets) => assets.GetProperty("targets").EnumerateObject()
        .SelectMany(target => target.Value.EnumerateObject())
        .Where(library => library.Value.GetProperty("type").GetString() == "package" && Ships(library.Value))
        .Select(library => library.Name)
        .Distinct();

    private static bool Ships(JsonElement library) => s_shippedAssets.Any(kind =>
        library.TryGetProperty(kind, out JsonElement files)
        && files.EnumerateObject().Any(file => !file.Name.EndsWith("/_._", StringComparison.Ordinal)));

    private static Package Read(JsonElement assets, string key)
    {
        string path = assets.GetProperty("libraries").GetProperty(key).GetProperty("path").GetString()!;
        string folder = assets.GetProperty("packageFolders").EnumerateObject()
            .Select(root => Path.Combine(root.Name, path)).First(Directory.Exists);
        XElement metadata = XDocument.Load(Directory.EnumerateFiles(folder, "*.nuspec").Single()).Root!.Elements().First();
        string? Value(string name) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value.Trim();

        string id = Value("id")!;
        XElement? licence = metadata.Elements().FirstOrDefault(element => element.Name.LocalName == "license");
        (string name, string text) = licence?.Attribute("type")?.Value switch
        {
            "file" => ("in the package", File.ReadAllText(Path.Combine(folder, licence.Value.Trim()))),
            "expression" => (licence.Value.Trim(), TextOf(licence.Value.Trim(), id)),
            _ => throw new FormatException($"{id} names no licence in its nuspec; use another package."),
        };
        string copyright = Value("copyright") ?? Value("authors") ?? id;
        return new Package(
            id, Value("version")!, WithWord(copyright), HomeOf(metadata, Value("projectUrl")), name, Tidied(text), OwnNoticesIn(folder));
    }

    /// <summary>What the package itself carries of others, and asks to be passed on.</summary>
    private static string OwnNoticesIn(string folder) => string.Join('\n', Directory.EnumerateFiles(folder, "*.txt", s_anyCase)
        .Where(path => Path.GetFileName(path).Contains("notices", StringComparison.OrdinalIgnoreCase))
        .Order(StringComparer.Ordinal)
        .Select(path => Tidied(File.ReadAllText(path))));

    private static string Tidied(string text) =>
        string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).Trim();

    private static string TextOf(string licence, string id)
    {
        string path = Path.Combine(LicenceFolder, licence + ".txt");
        return File.Exists(Repository.PathOf(path))
            ? File.ReadAllText(Repository.PathOf(path))
            : throw new FormatException($"{id} is under {licence}, whose text is not known; if it may be used, put the text into {path}.");
    }

    private static string WithWord(string copyright) =>
        copyright.Contains('©', StringComparison.Ordinal) || copyright.Contains("copyright", StringComparison.OrdinalIgnoreCase)
            ? copyright
            : $"Copyright {copyright}";

    /// <summary>Where the package's sources are; addresses of registries say nothing about that.</summary>
    private static string HomeOf(XElement metadata, string? projectUrl)
    {
        string? repository = metadata.Elements().FirstOrDefault(element => element.Name.LocalName == "repository")?.Attribute("url")?.Value;
        return new[] { projectUrl, repository }.FirstOrDefault(
            url => !string.IsNullOrEmpty(url) && !url.Contains("nuget.", StringComparison.OrdinalIgnoreCase)) ?? "";
    }
}
