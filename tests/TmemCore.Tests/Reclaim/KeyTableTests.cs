using TmemCore.Reclaim;
using Xunit;

namespace TmemCore.Tests.Reclaim;

public sealed class KeyTableTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Keys_are_found_until_they_are_taken_out(int slots)
    {
        var random = new Random(slots);
        var table = new KeyTable(slots);
        var known = new Dictionary<ulong, int>();
        var free = new Stack<int>(Enumerable.Range(0, slots));
        for (int i = 0; i < 50_000; i++)
        {
            ulong key = (ulong)random.Next(2 * slots) << random.Next(2) * 40;
            Assert.Equal(known.GetValueOrDefault(key, -1), table.Find(key));
            if (known.Remove(key, out int slot))
            {
                Assert.Equal(key, table.KeyOf(slot));
                table.Remove(slot);
                free.Push(slot);
            }
            else if (free.TryPop(out slot))
            {
                table.Add(key, slot);
                known.Add(key, slot);
            }
        }

        Assert.All(known, pair => Assert.Equal(pair.Value, table.Find(pair.Key)));
    }

    [Fact]
    public void A_table_without_room_finds_nothing() => Assert.Equal(-1, new KeyTable(0).Find(7));
}
