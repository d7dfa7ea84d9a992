using Xunit;

namespace TmemCore.Tests.Engine;

public sealed class FlushObjectTests
{
    [Fact]
    public void An_object_whose_leaves_do_not_fill_a_step_goes_to_the_last_page()
    {
        using var host = new TmemHost(new TmemHostOptions { CapacityBytes = 128 << 20 });
        using TmemClient client = host.CreateClient();
        using PersistentPool pool = client.CreatePersistentPool();
        byte[] page = Pages.Of(1);
        long before = client.GetStatistics().PersistentBytes;
        for (uint index = 0; index < 20_000; index++)
        {
            if (index % 64 < 43)
            {
                Assert.Equal(PutResult.Stored, pool.Put(9, index, page));
            }
        }

        Assert.Equal(FlushResult.Done, pool.FlushObject(9));
        Assert.Equal(0, pool.PageCount);
        Assert.InRange(client.GetStatistics().PersistentBytes, before, before + TmemPool.PageBytes);
        Assert.Equal(GetResult.Empty, pool.Get(9, 0, page));
        Assert.Empty(host.Verify());
    }
}
