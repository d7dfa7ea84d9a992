using System.Buffers.Text;

namespace TmemCore.Tool.Simulation;

/// <summary>A trace in lines of four integers: first block, count of blocks, one that means nothing here, sequence number.</summary>
internal sealed class LisTrace(TraceInput input) : BlockTrace(input)
{
    private const int Numbers = 4;

    private ulong _next;
    private ulong _left;

    /// <inheritdoc/>
    public override BlockTraceFormat Format => BlockTraceFormat.Lis;

    /// <inheritdoc/>
    public override bool TryRead(out BlockAccess access)
    {
        while (_left == 0)
        {
            if (!Input.TryReadLine(out ReadOnlySpan<byte> line))
            {
                access = default;
                return false;
            }

            Begin(line.Trim(" \t"u8));
        }

        access = new BlockAccess(_next++, BlockAccess.Never);
        _left--;
        return true;
    }

    private void Begin(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return;
        }

        Span<ulong> numbers = stackalloc ulong[Numbers];
        int count = 0;
        for (; !line.IsEmpty; count++)
        {
            int end = line.IndexOfAny((byte)' ', (byte)'\t');
            ReadOnlySpan<byte> word = end < 0 ? line : line[..end];
            if (!Utf8Parser.TryParse(word, out ulong number, out int used) || used != word.Length)
            {
                throw Input.Malformed($"\"{TraceText.Of(word)}\" is not a whole number of 64 bits");
            }

            if (count < Numbers)
            {
                numbers[count] = number;
            }

            line = end < 0 ? default : line[end..].TrimStart(" \t"u8);
        }

        if (count != Numbers)
        {
            throw Input.Malformed($"there are {count} numbers; a line has {Numbers}: first block, count, one that means nothing here, sequence number");
        }

        (_next, _left) = BlockRun.Check(Input, numbers[0], numbers[1]);
    }
}
