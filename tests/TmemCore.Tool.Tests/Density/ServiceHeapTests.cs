using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using TmemCore.SampleHeap;
using Xunit;

namespace TmemCore.Tool.Tests.Density;

public sealed class ServiceHeapTests
{
    private const long Bytes = 8 << 20;

    [Theory]
    [InlineData("typical")]
    [InlineData("hard")]
    public void The_same_seed_makes_the_same_objects_of_each_kind(string name)
    {
        HeapProfile profile = ProfileOf(name);
        foreach (string part in ServiceHeap.Names)
        {
            ulong[] one = DigestsOf(new ServiceHeap(profile, 1, part));
            ulong[] again = DigestsOf(new ServiceHeap(profile, 1, part));
            ulong[] other = DigestsOf(new ServiceHeap(profile, 2, part));

            int common = Math.Min(one.Length, again.Length);
            Assert.InRange(common, 4, int.MaxValue);
            Assert.Equal(one.Take(common), again.Take(common));
            Assert.Empty(one.Intersect(other));
        }
    }

    [Theory]
    [InlineData("typical", new[] { 37, 12, 20, 15, 4, 5, 5, 2 })]
    [InlineData("hard", new[] { 25, 20, 10, 10, 10, 5, 10, 10 })]
    public void Parts_have_the_shares_that_are_told(string name, int[] shares)
    {
        var heap = new ServiceHeap(ProfileOf(name), 3);
        heap.Fill(4 * Bytes);

        (string Name, int Count, long Bytes)[] parts = [.. heap.Parts];

        long all = parts.Sum(static part => part.Bytes);
        Assert.Equal(100, shares.Sum());
        Assert.Equal(ServiceHeap.Names, parts.Select(static part => part.Name));
        Assert.All(parts.Zip(shares), part => Assert.InRange(100.0 * part.First.Bytes / all, part.Second - 2, part.Second + 2));
    }

    [Fact]
    public void Churn_makes_others_of_the_same_kind_in_the_place_of_many()
    {
        var heap = new ServiceHeap(HeapProfile.Typical, 4);
        heap.Fill(Bytes);
        object[] before = [.. heap.Objects];
        int[] counts = [.. heap.Parts.Select(static part => part.Count)];

        heap.Churn();

        // Two rounds of a third leave four of nine.
        object[] after = [.. heap.Objects];
        double left = (double)before.Zip(after).Count(static pair => ReferenceEquals(pair.First, pair.Second)) / before.Length;
        Assert.InRange(left, 0.3, 0.6);
        Assert.Equal(counts, heap.Parts.Select(static part => part.Count));
    }

    [Fact]
    public void Customers_of_a_typical_heap_buy_the_same_products_and_those_of_a_hard_one_hardly()
    {
        Assert.InRange(TimesSold(HeapProfile.Typical), 2, double.MaxValue);
        Assert.InRange(TimesSold(HeapProfile.Hard), 1, 1.5);
    }

    [Fact]
    public void One_part_can_be_made_alone()
    {
        var heap = new ServiceHeap(HeapProfile.Typical, 5, "trees");
        heap.Fill(1 << 20);

        Assert.All(heap.Objects, static value => Assert.IsType<XElement>(value));
    }

    private static HeapProfile ProfileOf(string name) => HeapProfile.All.Single(profile => profile.Name == name);

    /// <summary>How often a product's number comes within a tenant, on average.</summary>
    private static double TimesSold(HeapProfile profile)
    {
        var heap = new ServiceHeap(profile, 6, "records");
        heap.Fill(1 << 20);
        int all = 0;
        int different = 0;
        foreach (object tenant in heap.Objects)
        {
            using var customers = JsonDocument.Parse(JsonSerializer.Serialize(tenant, tenant.GetType()));
            int[] products =
            [
                .. customers.RootElement.EnumerateObject()
                    .SelectMany(static customer => customer.Value.GetProperty("Orders").EnumerateArray())
                    .SelectMany(static order => order.GetProperty("Lines").EnumerateArray())
                    .Select(static line => line.GetProperty("Product").GetInt32()),
            ];
            all += products.Length;
            different += products.Distinct().Count();
        }

        return (double)all / different;
    }

    private static ulong[] DigestsOf(ServiceHeap heap)
    {
        heap.Fill(1 << 20);
        return [.. heap.Objects.Select(DigestOf)];
    }

    private static ulong DigestOf(object value)
    {
        string text = value as string ?? (value is XElement tree ? tree.ToString() : JsonSerializer.Serialize(value, value.GetType()));
        return XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text));
    }
}
