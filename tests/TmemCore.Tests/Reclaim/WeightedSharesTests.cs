using CsCheck;
using TmemCore.Reclaim;
using Xunit;

namespace TmemCore.Tests.Reclaim;

/// <summary>Who takes most for its weight, against a search through all.</summary>
public sealed class WeightedSharesTests
{
    [Fact]
    public void The_client_that_takes_most_for_its_weight_pays()
    {
        var shares = new WeightedShares();
        shares.SetWeight(0, 300);
        shares.SetWeight(1, 100);
        shares.Add(0, 2900);
        shares.Add(1, 1000);
        Assert.Equal(1u, shares.Heaviest);

        shares.Add(0, 200);
        Assert.Equal(0u, shares.Heaviest);

        shares.SetWeight(0, 400);
        Assert.Equal(1u, shares.Heaviest);
    }

    [Fact]
    public void Alone_or_without_any_weight_age_decides()
    {
        var shares = new WeightedShares();
        shares.SetWeight(0, 100);
        shares.Add(0, 1);
        Assert.Equal(IVictimPolicy.Everyone, shares.Heaviest);

        shares.Add(1, 1);
        Assert.Equal(1u, shares.Heaviest);

        shares.SetWeight(0, 0);
        Assert.Equal(IVictimPolicy.Everyone, shares.Heaviest);
    }

    [Fact]
    public void Who_has_no_weight_pays_before_all_others()
    {
        var shares = new WeightedShares();
        shares.SetWeight(0, 1);
        shares.Add(0, 1L << 44);
        shares.Add(1, 1);
        shares.Add(2, 2);
        Assert.Equal(2u, shares.Heaviest);
        shares.Add(2, -2);
        Assert.Equal(1u, shares.Heaviest);
        shares.Add(1, -1);
        Assert.Equal(IVictimPolicy.Everyone, shares.Heaviest);
    }

    [Fact]
    public void A_limit_refuses_more_and_never_less()
    {
        var shares = new WeightedShares();
        shares.Add(7, 100);
        shares.SetLimit(7, 90);
        Assert.True(shares.IsAboveLimit(7));
        Assert.False(shares.TryAdd(7, 1));
        Assert.True(shares.TryAdd(7, -20));
        Assert.False(shares.IsAboveLimit(7));
        Assert.True(shares.IsAboveLimit(7, 11));
        Assert.True(shares.TryAdd(7, 10));
        Assert.False(shares.TryAdd(7, 1));
        Assert.Equal(90, shares.BytesOf(7));

        shares.Remove(7);
        Assert.Equal(0, shares.BytesOf(7));
        Assert.True(shares.TryAdd(7, 1000));
    }

    [Fact]
    public void Any_history_ends_with_the_one_that_a_search_finds() =>
        Gen.Select(Gen.UInt[0, 40], Gen.Int[-4000, 4000], Gen.Int[0, 5]).Array[1, 300].Sample(
            steps =>
            {
                var shares = new WeightedShares();
                var bytes = new long[41];
                var weights = new uint[41];
                foreach ((uint client, int amount, int kind) in steps)
                {
                    if (kind == 0)
                    {
                        weights[client] = (uint)Math.Abs(amount) % 8;
                        shares.SetWeight(client, weights[client]);
                    }
                    else
                    {
                        long change = Math.Max(amount, -bytes[client]);
                        bytes[client] += change;
                        shares.Add(client, change);
                    }
                }

                uint chosen = shares.Heaviest;
                if (bytes.Count(static held => held > 0) < 2 || weights.All(static weight => weight == 0))
                {
                    Assert.Equal(IVictimPolicy.Everyone, chosen);
                    return;
                }

                double heaviest = Enumerable.Range(0, 41).Max(client => Load(bytes[client], weights[client]));
                Assert.Equal(heaviest, Load(bytes[chosen], weights[chosen]));
            });

    private static double Load(long bytes, uint weight) => bytes == 0 ? -1 : weight == 0 ? 1e30 * bytes : (double)bytes / weight;
}
