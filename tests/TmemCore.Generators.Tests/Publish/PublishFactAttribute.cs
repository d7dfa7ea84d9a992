namespace TmemCore.Generators.Tests.Publish;

/// <summary>
/// A fact that publishes or packs, and runs what comes of it: minutes rather than seconds. Opt-in, by <c>TMEM_PUBLISH=1</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PublishFactAttribute : FactAttribute
{
    private const string Variable = "TMEM_PUBLISH";

    public PublishFactAttribute(bool needsLinker = false)
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1")
        {
            Skip = $"Set {Variable}=1 to publish, pack and run programs: it takes a minute or two.";
        }
        else if (needsLinker && (!OperatingSystem.IsLinux() || !(File.Exists("/usr/bin/gcc") || File.Exists("/usr/bin/clang"))))
        {
            Skip = "Native code is linked with gcc or clang on Linux, and there is none here.";
        }
    }
}
