using TmemCore.Abi;
using TmemCore.Dispatch;
using TmemCore.Hypercalls;
using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Dispatch;

/// <summary>Defects that the original had, some of them to its end, each shown to be absent here. Other tests show more of them by the way.</summary>
public sealed class InheritedDefectTests : IDisposable
{
    private const uint Version = 1u << 24;
    private const uint Persistent = Version | 1;
    private const int Caller = 1;

    private readonly TmemHost _host = new(Hosts.Small);
    private readonly TmemDispatcher _dispatcher;

    public InheritedDefectTests()
    {
        _dispatcher = new TmemDispatcher(_host);
        _dispatcher.AddDomain(Caller);
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Control_without_privilege_is_refused_in_every_generation_whatever_it_asks_for()
    {
        int pool = Fill(pages: 5);
        string before = Lines();
        foreach (AbiGeneration generation in Enum.GetValues<AbiGeneration>())
        {
            var port = new InProcessPort(_dispatcher, 2, new GuestMemory(), new() { Generation = generation });
            for (uint subop = 0; subop < 60; subop++)
            {
                Assert.Equal(-Errno.EPERM, Ask(port, subop, pool));
            }
        }

        Assert.Equal(before, Lines());
    }

    [Theory]
    [InlineData(Caller)]
    [InlineData(9)]
    public void Questions_about_a_save_change_nothing_whether_there_is_a_client_or_not(int client)
    {
        int pool = Fill(pages: 5);
        _dispatcher.Control((int)SaveBeginOp.Number, 0, Caller, 1);
        string before = Lines();
        uint[] questions =
        [
            SaveGetVersionOp.Number, SaveGetMaxPoolsOp.Number, SaveGetClientWeightOp.Number, SaveGetClientCapOp.Number,
            SaveGetClientFlagsOp.Number, SaveGetPoolFlagsOp.Number, SaveGetPoolPageCountOp.Number, QueryFreeableOp.Number,
        ];
        foreach (uint question in questions)
        {
            _dispatcher.Control((int)question, pool, client, 0);
            _dispatcher.Control((int)question, 15, client, 0);
        }

        _dispatcher.GetPoolUuid(client, pool, out _);
        _dispatcher.GetPoolUuid(client, 15, out _);

        Assert.Equal(before, Lines());
        Assert.Equal(TmemError.NoSpace, Put(pool, 1, 1));
    }

    [Theory]
    [InlineData(Version)]
    [InlineData(Persistent)]
    [InlineData(Version | 2)]
    public void The_flags_of_a_saved_pool_are_accepted_where_it_is_restored(uint flags)
    {
        int pool = (int)_dispatcher.NewPool(Caller, new PoolUuid(1, 2), flags);
        long saved = _dispatcher.Control((int)SaveGetPoolFlagsOp.Number, pool, Caller, 0);

        _dispatcher.NewPool(2, default, Version);
        Assert.Equal(7, _dispatcher.RestoreNewPool(2, 7, new PoolUuid(1, 2), (uint)saved));
        Assert.Equal(saved, _dispatcher.Control((int)SaveGetPoolFlagsOp.Number, 7, 2, 0));
    }

    [Fact]
    public void Objects_whose_ids_differ_in_one_word_are_different_objects()
    {
        int pool = (int)_dispatcher.NewPool(Caller, default, Persistent);
        ObjectId[] ids =
        [
            .. from word in Enumerable.Range(0, 3)
               from bit in Enumerable.Range(0, 64)
               select new ObjectId(word == 0 ? 1UL << bit : 0, word == 1 ? 1UL << bit : 0, word == 2 ? 1UL << bit : 0),
        ];
        for (int i = 0; i < ids.Length; i++)
        {
            var source = new SeedSource((ulong)i);
            Assert.Equal(1, _dispatcher.PutPage(Caller, pool, ids[i], 3, ref source));
        }

        Assert.Equal(ids.Length, _host.GetStatistics().Objects);
        for (int i = 0; i < ids.Length; i++)
        {
            Assert.Equal(Pages.Of((ulong)i), Get(pool, ids[i], 3));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(70)]
    public void Each_save_hands_out_every_page_from_the_first_to_the_last(int pages)
    {
        int pool = Fill(pages);
        foreach (int taken in (int[])[pages, pages / 2, 0, pages])
        {
            _dispatcher.Control((int)SaveBeginOp.Number, 0, Caller, 0);
            var target = new Collector();
            for (int i = 0; i < taken; i++)
            {
                Assert.Equal(1, _dispatcher.SaveNextPage(Caller, pool, ref target));
            }

            Assert.Equal(taken, target.Seen.Count);
            Assert.Equal(taken == pages ? -1 : 1, _dispatcher.SaveNextPage(Caller, pool, ref target));
            Assert.Equal(0, _dispatcher.Control((int)SaveEndOp.Number, 0, Caller, 0));
        }
    }

    [Fact]
    public void Behind_the_last_change_of_a_migration_there_is_nothing_more()
    {
        int pool = Fill(pages: 12);
        _dispatcher.Control((int)SaveBeginOp.Number, 0, Caller, 1);
        for (uint index = 0; index < 10; index++)
        {
            Assert.Equal(TmemError.Frozen, _dispatcher.FlushPage(Caller, pool, 1, index));
        }

        var seen = new List<uint>();
        bool Note(TmemHandle handle)
        {
            seen.Add(handle.Index);
            return true;
        }

        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(1, _dispatcher.SaveNextInvalidated(Caller, Note));
        }

        Assert.Equal(0, _dispatcher.SaveNextInvalidated(Caller, Note));
        Assert.Equal(0, _dispatcher.SaveNextInvalidated(Caller, Note));
        Assert.Equal(Enumerable.Range(0, 10).Select(static i => (uint)i), seen);
        _dispatcher.FlushPage(Caller, pool, 1, 11);
        Assert.Equal(1, _dispatcher.SaveNextInvalidated(Caller, Note));
        Assert.Equal(0, _dispatcher.Control((int)SaveEndOp.Number, 0, Caller, 0));
        Assert.Equal(0, _dispatcher.SaveNextInvalidated(Caller, Note));
    }

    [Fact]
    public void A_pool_or_a_client_that_goes_while_it_migrates_leaves_no_memory_behind()
    {
        long pages = _host.GetStatistics().Pages;
        int pool = Fill(pages: 300);
        _dispatcher.Control((int)SaveBeginOp.Number, 0, Caller, 1);
        Assert.Equal(1, _dispatcher.DestroyPool(Caller, pool));
        Assert.Equal(pages, _host.GetStatistics().Pages);
        Assert.Equal(0, _dispatcher.Control((int)SaveEndOp.Number, 0, Caller, 0));

        Fill(pages: 300);
        _dispatcher.Control((int)SaveBeginOp.Number, 0, Caller, 1);
        Assert.Equal(0, _dispatcher.RemoveDomain(Caller));
        Assert.Equal(pages, _host.GetStatistics().Pages);
        Assert.Empty(_host.Verify());
    }

    [Fact]
    public void A_save_begun_twice_leaves_a_client_as_it_was_before_the_first()
    {
        int pool = Fill(pages: 1);
        _dispatcher.Control((int)SaveBeginOp.Number, 0, Caller, 0);
        _dispatcher.Control((int)SaveBeginOp.Number, 0, Caller, 1);
        Assert.Equal(0, _dispatcher.Control((int)SaveEndOp.Number, 0, Caller, 0));
        Assert.Equal(1, Put(pool, 2, 2));

        _dispatcher.Control((int)FreezeOp.Number, 0, Caller, 0);
        _dispatcher.Control((int)SaveBeginOp.Number, 0, Caller, 0);
        Assert.Equal(0, _dispatcher.Control((int)SaveEndOp.Number, 0, Caller, 0));
        Assert.Equal(TmemError.Frozen, Put(pool, 3, 3));
    }

    [Fact]
    public void Restored_pages_are_charged_to_the_client_that_is_restored()
    {
        var dispatcher = new TmemDispatcher(_host, new TmemClientOptions { PersistentAllowanceBytes = 10 * TmemPool.PageBytes });
        dispatcher.AddDomain(4);
        Assert.Equal(1, dispatcher.Control((int)RestoreBeginOp.Number, 0, 4, 0));
        Assert.Equal(2, dispatcher.RestoreNewPool(4, 2, default, Persistent));
        long answer = 1;
        uint stored = 0;
        for (var source = new SeedSource(1); answer == 1; stored++)
        {
            answer = dispatcher.RestorePutPage(4, 2, 1, stored, ref source);
        }

        Assert.Equal((TmemError.NoMemory, 10u), (answer, stored));
        Assert.True(_host.TryGetClient(4, out TmemClient? client));
        Assert.InRange(client.GetStatistics().PersistentBytes, 9 * TmemPool.PageBytes, 10 * TmemPool.PageBytes);
    }

    [Fact]
    public async Task Many_threads_that_put_the_first_pages_of_one_object_make_one()
    {
        for (int round = 0; round < 50; round++)
        {
            int pool = (int)_dispatcher.NewPool(Caller, default, Persistent);
            using var start = new Barrier(4);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    Assert.Equal(1, Put(pool, (uint)thread, (ulong)thread));
                },
                TaskCreationOptions.LongRunning)));

            Assert.Equal((1, 4), (_host.GetStatistics().Objects, _host.GetStatistics().Pages));
            Assert.Equal(1, _dispatcher.DestroyPool(Caller, pool));
        }

        Assert.Empty(_host.Verify());
    }

    private static long Ask(InProcessPort port, uint subop, int pool)
    {
        var op = new TmemOp { PoolId = pool, Control = new TmemOp.ControlArm { Subop = subop, ClientId = Caller } };
        var bytes = new byte[XenSysctl.MaxSize];
        if (port.Abi.Generation < AbiGeneration.V1Sysctl46)
        {
            return port.Call(HypercallNumber.TmemOp, bytes.AsSpan(0, op.Write(port.Abi, bytes)));
        }

        var envelope = new XenSysctl
        {
            Command = XenSysctl.TmemCommand,
            InterfaceVersion = port.Abi.Generation == AbiGeneration.V1Sysctl46 ? 0x0Du : 0x12,
            TmemOp = new XenSysctlTmemOp { Command = subop, PoolId = pool, ClientId = Caller },
        };
        return port.Call(HypercallNumber.Sysctl, bytes.AsSpan(0, envelope.Write(port.Abi, bytes)));
    }

    private int Fill(int pages)
    {
        int pool = (int)_dispatcher.NewPool(Caller, default, Persistent);
        for (uint index = 0; index < pages; index++)
        {
            Assert.Equal(1, Put(pool, index, index));
        }

        return pool;
    }

    private long Put(int pool, uint index, ulong seed)
    {
        var source = new SeedSource(seed);
        return _dispatcher.PutPage(Caller, pool, 1, index, ref source);
    }

    private byte[] Get(int pool, ObjectId id, uint index)
    {
        var page = new byte[TmemPool.PageBytes];
        var target = new PageTarget(page);
        Assert.Equal(1, _dispatcher.GetPage(Caller, pool, id, index, ref target));
        return page;
    }

    /// <summary>The list without the line of the host, whose counters count refused calls, too.</summary>
    private string Lines()
    {
        string text = _host.Control.List(isLong: true);
        return text[text.IndexOf('\n', StringComparison.Ordinal)..];
    }

    private readonly struct PageTarget(byte[] buffer) : IPageTarget
    {
        public bool TryWrite(ReadOnlySpan<byte> page)
        {
            page.CopyTo(buffer);
            return true;
        }
    }

    private readonly struct Collector() : ISavedPageTarget
    {
        public HashSet<uint> Seen { get; } = [];

        public bool HasRoom => true;

        public bool TryWrite(int pool, in ObjectId objectId, uint index, ReadOnlySpan<byte> page) =>
            Seen.Add(index) && page.SequenceEqual(Pages.Of(index));
    }
}
