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

    [Fact]
    public void The_same_seed_makes_the_same_objects_of_each_kind()
    {
        foreach (string part in ServiceHeap.Names)
        {
            ulong[] one = DigestsOf(new ServiceHeap(1, part));
            ulong[] again = DigestsOf(new ServiceHeap(1, part));
            ulong[] other = DigestsOf(new ServiceHeap(2, part));

            int common = Math.Min(one.Length, again.Length);
            Assert.InRange(common, 4, int.MaxValue);
            Assert.Equal(one.Take(common), again.Take(common));
            Assert.Empty(one.Intersect(other));
        }
    }

    [Fact]
    public void Parts_have_the_shares_that_are_told()
    {
        var heap = new ServiceHeap(3);
        heap.Fill(4 * Bytes);

        (string Name, int Count, long Bytes)[] parts = [.. heap.Parts];

        long all = parts.Sum(static part => part.Bytes);
        int[] shares = [25, 20, 10, 10, 10, 5, 10, 10];
        Assert.Equal(ServiceHeap.Names, parts.Select(static part => part.Name));
        Assert.All(parts.Zip(shares), part => Assert.InRange(100.0 * part.First.Bytes / all, part.Second - 2, part.Second + 2));
    }

    [Fact]
    public void Churn_makes_others_of_the_same_kind_in_the_place_of_many()
    {
        var heap = new ServiceHeap(4);
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
    public void One_part_can_be_made_alone()
    {
        var heap = new ServiceHeap(5, "trees");
        heap.Fill(1 << 20);

        Assert.All(heap.Objects, static value => Assert.IsType<XElement>(value));
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
