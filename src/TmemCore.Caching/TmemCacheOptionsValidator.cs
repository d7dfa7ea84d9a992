using Microsoft.Extensions.Options;

namespace TmemCore.Caching;

/// <summary>Tells what is wrong with options when the application starts, and not at the first use.</summary>
/// <param name="name">The cache's name, whose options alone it looks at.</param>
internal sealed class TmemCacheOptionsValidator(string name) : IValidateOptions<TmemCacheOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? optionsName, TmemCacheOptions options)
    {
        if (optionsName != name)
        {
            return ValidateOptionsResult.Skip;
        }

        try
        {
            options.Validate();
            return ValidateOptionsResult.Success;
        }
        catch (Exception e) when (e is ArgumentException or InsufficientMemoryException)
        {
            return ValidateOptionsResult.Fail($"{TmemCacheBuilder.Describe(name)}: {e.Message}");
        }
    }
}
