using Microsoft.Extensions.Options;

namespace TmemCore.Caching;

/// <summary>Tells what is wrong with options when the application starts, and not at the first use.</summary>
/// <param name="name">The cache's name, whose options alone it looks at.</param>
internal sealed class TmemFrontOptionsValidator(string name) : IValidateOptions<TmemFrontOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? optionsName, TmemFrontOptions options)
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
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail($"{TmemCacheBuilder.Describe(name)}: {e.Message}");
        }
    }
}
