using System.Xml.Linq;

namespace TmemCore.Analyzers.Tests.Catalogue;

public class PresetTests
{
    private static readonly string s_targets = Repository.PathOf("analyzers", "TmemCore.Package", "TmemCore.targets");

    [Fact]
    public void The_property_selects_every_preset_there_is()
    {
        string[] selected = [.. XDocument.Load(s_targets).Descendants("_TmemPreset").Select(preset => preset.Value).Order(StringComparer.Ordinal)];
        string[] present = [.. Directory.GetFiles(Repository.PathOf("analyzers", "TmemCore.Package", "configuration"))
            .Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];
        Assert.Equal(present, selected);
    }

    [Fact]
    public void The_page_tells_every_value_of_the_property()
    {
        string page = File.ReadAllText(Repository.PathOf("analyzers", "docs", "README.md"));
        string[] values = [.. XDocument.Load(s_targets).Descendants("_TmemPreset").Select(preset => ((string)preset.Attribute("Condition")!).Split('\'')[^2])];
        Assert.Equal(4, values.Length);
        Assert.All(values, value => Assert.Contains($"`{value}`", page));
    }
}
