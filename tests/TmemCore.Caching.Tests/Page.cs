namespace TmemCore.Caching.Tests;

/// <summary>The page of the package.</summary>
internal static class Page
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            string page = System.IO.Path.Combine(folder, "src", "TmemCore.Caching", "docs", "README.md");
            if (File.Exists(page))
            {
                return page;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has the page.");
    }
}
