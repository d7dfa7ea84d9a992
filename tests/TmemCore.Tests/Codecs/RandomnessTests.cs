using TmemCore.Codecs;
using Xunit;

namespace TmemCore.Tests.Codecs;

/// <summary>The guess that a page is random.</summary>
public sealed class RandomnessTests
{
    [Fact]
    public void Random_pages_are_known_and_others_are_not_taken_for_them()
    {
        const int Pages = 2000;
        int known = 0;
        for (int seed = 0; seed < Pages; seed++)
        {
            var page = new byte[4096];
            new Random(seed).NextBytes(page);
            known += Randomness.IsLikely(page) ? 1 : 0;
            page.AsSpan(2048).Clear();
            Assert.False(Randomness.IsLikely(page), $"Page {seed} is random in half.");
        }

        Assert.InRange(known, Pages * 98 / 100, Pages);
    }

    [Fact]
    public void Pages_of_few_values_are_not_random() =>
        Assert.All(Enumerable.Range(0, 7).Where(kind => kind != 4), kind => Assert.False(Randomness.IsLikely(SamplePages.Make(kind * 2))));
}
