using TmemCore.Tests.Codecs;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>The original's rules, by which 256 frames are free before each put, on a host whose pages are packed.</summary>
public sealed class XenCompressionTests
{
    [Fact]
    public void The_reserve_is_kept_without_giving_up_more_pages_than_it_takes()
    {
        using var host = new TmemHost(Hosts.Small with { CapacityBytes = 16 * Hosts.Mebibyte, Profile = TmemProfile.Xen, CompressByDefault = true });
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        var buffer = new byte[TmemPool.PageBytes];
        for (uint i = 0; i < 20_000; i++)
        {
            byte[] page = SamplePages.Make((int)(i * 2) + 1);
            Assert.True(pool.TryPut(i / 64, i % 64, page, out PutResult result), $"Put {i} answered {result}.");
            Assert.Equal(GetResult.Hit, pool.Get(i / 64, i % 64, buffer));
            Assert.True(buffer.AsSpan().SequenceEqual(page));
        }

        // Without compaction it is 7,350: what is free lies in slots here and there.
        Assert.InRange(pool.PageCount, 7500, 9000);
        Assert.Empty(host.Verify());
    }
}
