namespace TmemCore.Server.Nbd;

/// <summary>The memory of one connection, made before it is needed and used by others after it.</summary>
internal sealed class NbdBuffers
{
    /// <summary>Received and not looked at: room for a batch of small requests, or for some of a large one's payload.</summary>
    public const int InputBytes = 256 << 10;

    /// <summary>Answers on their way: a piece of data and the heads in front of it, and small answers before that.</summary>
    public const int OutputBytes = PieceBytes + (64 << 10);

    /// <summary>The most that is read from an export at a time.</summary>
    public const int PieceBytes = 256 << 10;

    public NbdBuffers()
    {
        Input = MakeTouched(InputBytes);
        Output = MakeTouched(OutputBytes);
    }

    public byte[] Input { get; }

    public byte[] Output { get; }

    public PageScratch Scratch { get; } = new();

    /// <summary>Memory that does not move, is no work for the collector, and has been written to: the system has given it already.</summary>
    private static byte[] MakeTouched(int bytes)
    {
        byte[] made = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        made.AsSpan().Clear();
        return made;
    }
}
