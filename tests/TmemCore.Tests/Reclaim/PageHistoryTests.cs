using TmemCore.Reclaim;
using Xunit;

namespace TmemCore.Tests.Reclaim;

public sealed class PageHistoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    public void The_last_keys_are_remembered_with_their_notes(int length)
    {
        var random = new Random(length);
        var history = new PageHistory(length);
        var naive = new List<(ulong Key, byte Note)>();
        for (int i = 0; i < 20_000; i++)
        {
            ulong key = (ulong)random.Next((2 * length) + 1);
            int at = naive.FindIndex(one => one.Key == key);
            if (random.Next(3) == 0)
            {
                Assert.Equal(at >= 0, history.TryForget(key, out byte note));
                Assert.Equal(at >= 0 ? naive[at].Note : 0, note);
                naive.RemoveAll(one => one.Key == key);
            }
            else
            {
                history.Remember(key, (byte)i);
                naive.RemoveAll(one => one.Key == key);
                naive.Add((key, (byte)i));
                naive.RemoveRange(0, Math.Max(naive.Count - length, 0));
            }

            Assert.Equal(naive.Count, history.Count);
        }
    }
}
