namespace TmemCore.SampleHeap.Parts;

/// <summary>Pictures, archives, ciphertext: bytes that nothing makes smaller.</summary>
internal sealed class SealedPart : HeapPart
{
    /// <inheritdoc/>
    public override string Name => "sealed";

    /// <inheritdoc/>
    public override int Share => 5;

    /// <inheritdoc/>
    public override object Make(Random random, Vocabulary words)
    {
        var bytes = new byte[Draw.Skewed(random, 1_000, 200_000)];
        random.NextBytes(bytes);
        return bytes;
    }
}
