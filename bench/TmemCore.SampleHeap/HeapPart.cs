namespace TmemCore.SampleHeap;

/// <summary>One kind of what a service keeps in its memory.</summary>
internal abstract class HeapPart
{
    /// <summary>What it is, for people.</summary>
    public abstract string Name { get; }

    /// <summary>Makes an object with all that hangs on it: some kilobytes to some hundred.</summary>
    /// <param name="random">The only thing that it depends on.</param>
    /// <param name="words">Where names and texts come from.</param>
    public abstract object Make(Random random, Vocabulary words);
}
