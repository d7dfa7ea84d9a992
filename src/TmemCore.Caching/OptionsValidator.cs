using Microsoft.Extensions.Options;

namespace TmemCore.Caching;

/// <summary>Tells what is wrong with options when the application starts, and not at the first use.</summary>
/// <typeparam name="TOptions">The options.</typeparam>
/// <param name="name">The cache's name, whose options alone it looks at.</param>
/// <param name="validate">Throws what the first use would.</param>
internal sealed class OptionsValidator<TOptions>(string name, Action<TOptions> validate) : IValidateOptions<TOptions>
    where TOptions : class
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? optionsName, TOptions options)
    {
        if (optionsName != name)
        {
            return ValidateOptionsResult.Skip;
        }

        try
        {
            validate(options);
            return ValidateOptionsResult.Success;
        }
        catch (Exception e) when (e is ArgumentException or InsufficientMemoryException)
        {
            return ValidateOptionsResult.Fail($"{TmemCacheBuilder.Describe(name)}: {e.Message}");
        }
    }
}
