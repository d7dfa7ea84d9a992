using TmemCore.Tool.Replay;
using Xunit;

namespace TmemCore.Tool.Tests.Replay;

/// <summary>A statistical replay knows from the puts what a get may give; a store that gives anything else is found out.</summary>
public sealed class TraceReplayTests
{
    private const string Header =
        "# tmem-golden 1 theme=x class=statistical arena=4096 metafree=1 midsize=0 compress=0 dedup=0 tze=0 shared_auth=0 maxpages=99 note=n\n";

    [Theory]
    [InlineData("get 0 1 0 0 0\t0", true)]
    [InlineData("put 0 1 0 0 0 12\t1\nget 0 1 0 0 0\t0", true)]
    [InlineData("put 0 1 0 0 0 12\t1\nput 0 1 0 0 0 20\t1\nget 0 1 0 0 0\t0", false)]
    [InlineData("put 0 1 0 0 0 12\t1\nflushp 0 1 0 0 0\t1\nget 0 1 0 0 0\t0", false)]
    [InlineData("put 0 1 0 0 0 12\t1\nflusho 0 1 0 0\t1\nget 0 1 0 0 0\t0", false)]
    [InlineData("put 0 1 0 0 0 12\t1\nputbad 0 1 0 0 0\t-14\nget 0 1 0 0 0\t0", false)]
    [InlineData("put 0 1 0 0 0 12\t1\nrflush 1 0 1 0 0 0\t1\nget 0 1 0 0 0\t0", false)]
    [InlineData("put 0 1 0 0 0 12\t1\nget 0 1 0 0 1\t0", true)]
    public void A_stale_page_is_a_mismatch(string operations, bool isRight)
    {
        TraceReport report = Replay("client 1\t0\nnewpool 0 0 0x01000000\t0\n" + operations);

        Assert.Equal(isRight ? 0 : 1, report.Mismatches);
        Assert.Equal(isRight, report.IsPassed);
    }

    [Fact]
    public void Sharers_see_each_others_pages_until_the_last_has_left()
    {
        const string Shared = "client 1\t0\nnewpool 5 5 0x01000002\t0\nput 0 1 0 0 0 12\t1\nclient 2\t0\nnewpool 5 5 0x01000002\t0\n";

        Assert.Equal(0, Replay(Shared + "get 0 1 0 0 0\t0").Mismatches);
        Assert.Equal(0, Replay(Shared + "killclient 1\t0\nget 0 1 0 0 0\t0").Mismatches);
        Assert.Equal(1, Replay(Shared + "killclient 1\t0\ndestroy 0\t1\nnewpool 5 5 0x01000002\t0\nget 0 1 0 0 0\t0").Mismatches);
    }

    private static TraceReport Replay(string operations)
    {
        using var folder = new TemporaryFolder();
        int count = operations.Split('\n').Length;
        string text = $"{Header}{operations}\n# summary ops={count} gets=1 hits=0 eph_gets=1 eph_hits=0\n";
        using var trace = TraceFile.Open(folder.Write("t.txt", text));
        using var target = new HoardingTarget(trace.Header);
        return new TraceReplay(trace, target).Run();
    }

    /// <summary>A store that answers index 0 with the first page that it ever saw, and never forgets it.</summary>
    private sealed class HoardingTarget(TraceHeader header) : IReplayTarget
    {
        private readonly EmbeddedTarget _honest = new(header, shards: 1);
        private byte[]? _first;

        public void AddDomain(int domain) => _honest.AddDomain(domain);

        public long RemoveDomain(int domain) => _honest.RemoveDomain(domain);

        public long NewPool(int caller, PoolUuid uuid, uint flags) => _honest.NewPool(caller, uuid, flags);

        public long DestroyPool(int caller, int pool) => _honest.DestroyPool(caller, pool);

        public long Put(int caller, int pool, in ObjectId objectId, uint index, ReadOnlySpan<byte> page)
        {
            _first ??= page.ToArray();
            return _honest.Put(caller, pool, objectId, index, page);
        }

        public long PutUnreadable(int caller, int pool, in ObjectId objectId, uint index) =>
            _honest.PutUnreadable(caller, pool, objectId, index);

        public long Get(int caller, int pool, in ObjectId objectId, uint index, Span<byte> page)
        {
            if (_first is null || index != 0)
            {
                return 0;
            }

            _first.CopyTo(page);
            return 1;
        }

        public long GetUnwritable(int caller, int pool, in ObjectId objectId, uint index) =>
            _honest.GetUnwritable(caller, pool, objectId, index);

        public long FlushPage(int caller, int pool, in ObjectId objectId, uint index) =>
            _honest.FlushPage(caller, pool, objectId, index);

        public long FlushObject(int caller, int pool, in ObjectId objectId) => _honest.FlushObject(caller, pool, objectId);

        public long Unknown(int caller, uint command, int pool) => _honest.Unknown(caller, command, pool);

        public long Control(int subop, int pool, int client, uint argument1, uint argument2) =>
            _honest.Control(subop, pool, client, argument1, argument2);

        public long GetPoolUuid(int client, int pool, out PoolUuid uuid) => _honest.GetPoolUuid(client, pool, out uuid);

        public long List(int client, int bufferBytes, bool isLong, out string text) =>
            _honest.List(client, bufferBytes, isLong, out text);

        public long Authorize(int client, PoolUuid uuid, uint flag) => _honest.Authorize(client, uuid, flag);

        public long RestoreNewPool(int client, int pool, PoolUuid uuid, uint flags) =>
            _honest.RestoreNewPool(client, pool, uuid, flags);

        public long RestoreFlushPage(int client, int pool, in ObjectId objectId, uint index) =>
            _honest.RestoreFlushPage(client, pool, objectId, index);

        public void Dispose() => _honest.Dispose();
    }
}
