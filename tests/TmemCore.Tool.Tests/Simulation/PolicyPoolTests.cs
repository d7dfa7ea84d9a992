using TmemCore.Tool.Simulation;
using Xunit;

namespace TmemCore.Tool.Tests.Simulation;

public sealed class PolicyPoolTests
{
    private const int Size = 20_000;

    public static TheoryData<string> Policies => [.. SimulatedPolicy.All.Select(policy => policy.Name)];

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_page_costs_what_is_said(string policy)
    {
        _ = new PolicyPool(Traces.PolicyOf(policy), 1, isExclusive: false, new Foresight());
        long before = GC.GetAllocatedBytesForCurrentThread();
        var pool = new PolicyPool(Traces.PolicyOf(policy), Size, isExclusive: false, new Foresight());
        double bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(bytes / Size, pool.BytesPerPage, pool.BytesPerPage * 1.01);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void No_request_allocates(string policy)
    {
        var foresight = new Foresight();
        var pool = new PolicyPool(Traces.PolicyOf(policy), 100, isExclusive: true, foresight);
        ulong[] blocks = Traces.Skewed(4, 5000, 500);
        RequestAll();

        // The runtime allocates once in a while itself, when it compiles what has become hot: one round without is enough.
        Assert.Contains(0, Enumerable.Range(0, 5).Select(_ => AllocatedBy(RequestAll)));
        Assert.Equal(100, pool.PagesMax);

        static long AllocatedBy(Action action)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void RequestAll()
        {
            foreach (ulong block in blocks)
            {
                foresight.NextGet = (long)(block * 31 % 97);
                _ = pool.TryGet(block);
                pool.Put(block);
            }
        }
    }
}
