using TmemCore.Hypercalls;

namespace TmemCore.Tool.Replay;

/// <summary>One line of a trace: an operation, and what the reference answered.</summary>
/// <param name="Line">The line in the file, counted from 1.</param>
/// <param name="Command">The operation.</param>
/// <param name="Text">The operation as it stands in the file.</param>
/// <param name="Arguments">Its numbers, in the order of the line; negative ones as their two's complement.</param>
/// <param name="Expected">The reference's answer, as it stands in the file.</param>
internal sealed partial record TraceOperation(int Line, TraceCommand Command, string Text, ulong[] Arguments, string Expected)
{
    /// <summary>The page of a put that gives it in full, 4,096 bytes; null where a seed tells it.</summary>
    public byte[]? Page { get; init; }

    /// <summary>Writes the page of a put.</summary>
    /// <param name="page">Exactly 4,096 bytes.</param>
    public void FillPage(Span<byte> page)
    {
        if (Page is not null)
        {
            Page.CopyTo(page);
        }
        else
        {
            TracePage.Fill(Arguments[5], page);
        }
    }

    /// <summary>An argument as the 32-bit signed number that ids and sub-operations are.</summary>
    public int Number(int position) => unchecked((int)Arguments[position]);

    /// <summary>An argument as the 32-bit unsigned number that indexes and flags are.</summary>
    public uint Word(int position) => unchecked((uint)Arguments[position]);

    /// <summary>Three arguments as an object id.</summary>
    public ObjectId Object(int position) => new(Arguments[position], Arguments[position + 1], Arguments[position + 2]);

    /// <summary>Two arguments as a uuid.</summary>
    public PoolUuid Uuid(int position) => new(Arguments[position], Arguments[position + 1]);
}
