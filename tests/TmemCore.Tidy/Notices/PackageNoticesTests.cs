using Xunit;

namespace TmemCore.Tidy.Notices;

public sealed class PackageNoticesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_package_is_named_with_its_copyright_its_licence_and_its_home()
    {
        string text = Write("runtime", "<license type=\"expression\">MIT</license><copyright>Copyright 2026 A</copyright><projectUrl>https://code.example/a</projectUrl>");

        Assert.Contains("A 1.0.0\n    Copyright 2026 A\n    Licence: MIT\n    https://code.example/a\n", text, StringComparison.Ordinal);
        Assert.Contains("Permission is hereby granted", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Authors_stand_in_for_a_copyright() =>
        Assert.Contains("    Copyright Ann\n", Write("runtime", "<license type=\"expression\">MIT</license><authors>Ann</authors>"), StringComparison.Ordinal);

    [Fact]
    public void The_address_of_a_registry_is_left_out()
    {
        string text = Write("runtime", "<license type=\"expression\">MIT</license><projectUrl>https://www.nuget" + ".org/packages/a</projectUrl>");

        Assert.DoesNotContain("https:", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_licence_in_the_package_is_taken_from_there()
    {
        _folder.Write("a/1.0.0/LICENCE.txt", "Do as you like.\r\n");

        Assert.EndsWith("\n\nDo as you like.\n", Write("runtime", "<license type=\"file\">LICENCE.txt</license>"), StringComparison.Ordinal);
    }

    [Fact]
    public void Notices_in_the_package_are_passed_on()
    {
        _folder.Write("a/1.0.0/THIRD-PARTY-NOTICES.TXT", "It holds a part of B.  \r\n");

        Assert.EndsWith(
            "\nThe notices of A\n\nIt holds a part of B.\n", Write("runtime", "<license type=\"expression\">MIT</license>"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_that_only_helps_to_build_is_left_out() =>
        Assert.Contains("ships with no package", Write("build", "<license type=\"expression\">MIT</license>"), StringComparison.Ordinal);

    [Theory]
    [InlineData("<license type=\"expression\">Unheard-Of</license>")]
    [InlineData("<licenseUrl>https://code.example/licence</licenseUrl>")]
    public void A_licence_that_is_not_known_is_an_error_that_names_the_package(string metadata) =>
        Assert.StartsWith("A ", Assert.Throws<FormatException>(() => Write("runtime", metadata)).Message, StringComparison.Ordinal);

    /// <summary>The notices of a project that uses one package A.</summary>
    private string Write(string assetKind, string metadata)
    {
        _folder.Write("a/1.0.0/a.nuspec", $"<package><metadata><id>A</id><version>1.0.0</version>{metadata}</metadata></package>");
        string assets = _folder.Write("project.assets.json", $$"""
            {
              "targets": { "net10.0": {
                "A/1.0.0": { "type": "package", "{{assetKind}}": { "lib/net10.0/A.dll": {} } },
                "Own/1.0.0": { "type": "project", "runtime": { "bin/Own.dll": {} } }
              } },
              "libraries": { "A/1.0.0": { "path": "a/1.0.0" } },
              "packageFolders": { "{{_folder.Path.Replace('\\', '/')}}/": {} }
            }
            """);
        return PackageNotices.Write("Project", assets);
    }
}
