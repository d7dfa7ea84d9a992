namespace TmemCore.Tidy.Rules;

/// <summary>A rule of style that every file is held to.</summary>
internal abstract class Rule
{
    /// <summary>All rules.</summary>
    public static IReadOnlyList<Rule> All { get; } =
        [new FileLength(), new MethodLength(), new FileName(), new PointerFloor(), new NativeCalls(), new ClocklessTests(), new Leftovers(), new OwnWords()];

    public string Name => GetType().Name;

    /// <summary>Whether the rule is about such a file.</summary>
    public virtual bool Covers(SourceFile file) => file.IsCSharp;

    /// <summary>What breaks the rule in a file that it covers.</summary>
    public abstract IEnumerable<Finding> Find(SourceFile file);
}
