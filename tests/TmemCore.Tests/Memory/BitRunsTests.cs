using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Memory;

public sealed class BitRunsTests
{
    [Fact]
    public void Runs_are_found_wherever_they_begin_and_end()
    {
        var random = new Random(1);
        for (int round = 0; round < 2000; round++)
        {
            var bits = new bool[512];
            for (int at = 0; at < bits.Length;)
            {
                int length = random.Next(1, random.Next(2, 200));
                bool isSet = random.Next(2) == 0;
                for (int end = Math.Min(at + length, bits.Length); at < end; at++)
                {
                    bits[at] = isSet;
                }
            }

            ulong[] words = WordsOf(bits);
            var found = new bool[bits.Length];
            int runs = 0;
            for (int at = 0; BitRuns.TryFind(words, ref at, out int length); at += length, runs++)
            {
                Array.Fill(found, true, at, length);
            }

            Assert.Equal(bits, found);
            Assert.Equal(bits.Where((bit, i) => bit && (i == 0 || !bits[i - 1])).Count(), runs);
            Assert.Equal(bits.Count(static bit => bit), BitRuns.Count(words));
            int first = random.Next(bits.Length);
            int some = random.Next(bits.Length - first);
            Assert.Equal(bits.Skip(first).Take(some).Any(static bit => bit), BitRuns.HasAny(words, first, some));
        }
    }

    [Fact]
    public void All_and_none_are_one_run_and_none()
    {
        int at = 0;
        Assert.False(BitRuns.TryFind(new ulong[8], ref at, out _));
        at = 0;
        ulong[] all = [.. Enumerable.Repeat(ulong.MaxValue, 8)];
        Assert.True(BitRuns.TryFind(all, ref at, out int length));
        Assert.Equal((0, 512), (at, length));
        at = 512;
        Assert.False(BitRuns.TryFind(all, ref at, out _));
    }

    private static ulong[] WordsOf(bool[] bits)
    {
        var words = new ulong[bits.Length / 64];
        for (int i = 0; i < bits.Length; i++)
        {
            words[i / 64] |= bits[i] ? 1UL << (i % 64) : 0;
        }

        return words;
    }
}
