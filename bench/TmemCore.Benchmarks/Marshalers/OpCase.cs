namespace TmemCore.Benchmarks.Marshalers;

/// <summary>An op and the three ways to handle it, which were found to agree byte for byte.</summary>
internal sealed class OpCase
{
    public OpCase(string name, Work generated, Work overlay, Work byHand)
    {
        Name = name;
        Generated = generated;
        Overlay = overlay;
        ByHand = byHand;
        foreach (Work other in new[] { overlay, byHand })
        {
            if (!other.Bytes.SequenceEqual(generated.Bytes) || other.Dispatch() != generated.Dispatch())
            {
                throw new InvalidDataException($"{name}: {other.GetType()} and {generated.GetType()} do not agree.");
            }
        }
    }

    public string Name { get; }

    public Work Generated { get; }

    public Work Overlay { get; }

    public Work ByHand { get; }

    public override string ToString() => Name;
}
