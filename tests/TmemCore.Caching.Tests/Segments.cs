using System.Buffers;

namespace TmemCore.Caching.Tests;

/// <summary>Makes sequences of any shape.</summary>
internal static class Segments
{
    /// <summary>Bytes that tell where they belong, some of them well compressible.</summary>
    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        var random = new Random(seed);
        for (int at = 0; at < length;)
        {
            int run = Math.Min(length - at, random.Next(1, 300));
            if (random.Next(2) == 0)
            {
                random.NextBytes(bytes.AsSpan(at, run));
            }
            else
            {
                bytes.AsSpan(at, run).Fill((byte)random.Next(256));
            }

            at += run;
        }

        return bytes;
    }

    /// <summary>Bytes in segments of the lengths given, over and over, until they are used up.</summary>
    public static ReadOnlySequence<byte> Split(byte[] bytes, params int[] lengths)
    {
        Segment? first = null, last = null;
        for (int at = 0, i = 0; at < bytes.Length || i < lengths.Length; i++)
        {
            int length = Math.Min(lengths[i % lengths.Length], bytes.Length - at);
            last = new Segment(bytes.AsMemory(at, length), last);
            first ??= last;
            at += length;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }
}
