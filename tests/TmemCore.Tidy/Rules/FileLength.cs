namespace TmemCore.Tidy.Rules;

/// <summary>A file has 500 lines at most.</summary>
internal sealed class FileLength : Rule
{
    public const int MaximumLines = 500;

    public override IEnumerable<Finding> Find(SourceFile file)
    {
        int lines = file.Text.AsSpan().TrimEnd('\n').Count('\n') + 1;
        if (lines > MaximumLines)
        {
            yield return new Finding(MaximumLines + 1, $"The file has {lines} lines; {MaximumLines} are allowed. Split the type into facets.");
        }
    }
}
