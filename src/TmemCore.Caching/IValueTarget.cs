namespace TmemCore.Caching;

/// <summary>Takes a value that is read. Implemented by structs, so that calls are direct.</summary>
internal interface IValueTarget
{
    /// <summary>The length of the room that was given last.</summary>
    int Length { get; }

    /// <summary>Room for a value; asked for again when the value is another after all.</summary>
    /// <param name="length">The value's length.</param>
    /// <returns>Exactly so many bytes. Nothing written there counts before <see cref="Commit"/>.</returns>
    Span<byte> GetSpan(int length);

    /// <summary>The value is whole, and in the room that was given last.</summary>
    void Commit();
}
