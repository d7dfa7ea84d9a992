namespace TmemCore.SampleHeap.Parts;

/// <summary>
/// What is drawn by chance or enciphered and nothing makes smaller, a small piece at a time as services have it: sign-ins with their tokens and
/// signatures.
/// </summary>
internal sealed class SealedPart : HeapPart
{
    /// <inheritdoc/>
    public override string Name => "sealed";

    /// <inheritdoc/>
    public override object Make(Random random, Vocabulary words)
    {
        var signIns = new List<SignIn>();
        for (int count = Draw.Skewed(random, 20, 500); count > 0; count--)
        {
            DateTime begun = Draw.Moment(random);
            signIns.Add(new SignIn
            {
                Id = Draw.Identifier(random),
                User = random.NextInt64(1_000_000_000),
                Begun = begun,
                LastSeen = begun.AddMilliseconds(Draw.Skewed(random, 1_000, 100_000_000)),
                Token = BytesOf(Draw.Skewed(random, 32, 256), random),
                Signature = BytesOf(32, random),
            });
        }

        return signIns;
    }

    private static byte[] BytesOf(int count, Random random)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private sealed record SignIn
    {
        public required Guid Id { get; init; }
        public required long User { get; init; }
        public required DateTime Begun { get; init; }
        public required DateTime LastSeen { get; init; }
        public required byte[] Token { get; init; }
        public required byte[] Signature { get; init; }
    }
}
