using System.Text;
using TmemCore.Statistics;
using Xunit;

namespace TmemCore.Tests.Statistics;

/// <summary>The list command's text, read back.</summary>
public sealed class TmemListReaderTests
{
    /// <summary>Invented numbers, in the long form of 4.12.</summary>
    private const string LongForm =
        """
        G=Tt:8111,Te:21,Cf:2,Af:3,Pf:4,Ta:77,Lm:0,Et:390,Ea:395,Rt:30,Ra:35,Rx:6,Fp:0,Ec:1400,Em:1790,Oc:51,Om:65,Nc:78,Nm:110,Pc:1650,Pm:2000,Fc:1100,Fm:1800,Sc:7,Sm:8,Ep:4210,Gd:9,Zt:10,Gz:11
        S=SI:3,PT:ES,U0:feed5eed,U1:c0ffee,SC:4,SC:12,SC:4,Pc:210,Pm:250,Oc:7,Om:10,Nc:11,Nm:15,ps:270,pt:273,pd:1,pr:4,px:2,gs:420,gt:510,fs:21,ft:32,os:2,ot:3
        C=CI:4,ww:-1,co:1,fr:0,Tc:12,Ge:1950,Pp:340,Gp:42,Ec:1400,Em:1790,cp:600,cb:983040,cn:25,cm:3
        P=CI:4,PI:0,PT:EP,U0:0,U1:0,Pc:1200,Pm:1600,Oc:40,Om:55,Nc:60,Nm:90,ps:4850,pt:4900,pd:5,pr:31,px:14,gs:1540,gt:4000,fs:800,ft:1900,os:11,ot:41
        P=CI:4,PI:1,PT:PP,U0:0,U1:0,Pc:240,Pm:270,Oc:4,Om:7,Nc:7,Nm:9,ps:340,pt:352,pd:2,pr:8,px:10,gs:42,gt:42,fs:38,ft:51,os:1,ot:17
        C=CI:12,ww:5,co:0,fr:1,Tc:0,Ge:0,Pp:0,Gp:0,Ec:0,Em:0,cp:0,cb:0,cn:0,cm:0
        P=CI:12,PI:2,PT:PS,U0:feed5eed,U1:c0ffee,Pc:210,Pm:250,Oc:7,Om:10,Nc:11,Nm:15,ps:270,pt:273,pd:1,pr:4,px:2,gs:420,gt:510,fs:21,ft:32,os:2,ot:3
        T

        """;

    private static readonly PoolUuid s_uuid = new(0xfeed5eed, 0xc0ffee);

    private static readonly TmemListPoolCounts s_sharedCounts = new()
    {
        IsLong = true,
        Pages = 210,
        PagesMax = 250,
        Objects = 7,
        ObjectsMax = 10,
        Nodes = 11,
        NodesMax = 15,
        PutsStored = 270,
        Puts = 273,
        PutsDropped = 1,
        PutsReplaced = 4,
        PutsRefused = 2,
        GetHits = 420,
        Gets = 510,
        PageFlushesFound = 21,
        PageFlushes = 32,
        ObjectFlushesFound = 2,
        ObjectFlushes = 3,
    };

    [Fact]
    public void The_host_s_line_is_read()
    {
        var expected = new TmemListHost
        {
            IsLong = true,
            Operations = 8111,
            FailedOperations = 21,
            FailedCopies = 2,
            FailedRecordAllocations = 3,
            FailedFrameAllocations = 4,
            FreeFrames = 77,
            Evictions = 390,
            EvictionAttempts = 395,
            FramesGivenBack = 30,
            GiveBacks = 35,
            GiveBackEvictionsMax = 6,
            EphemeralPages = 1400,
            EphemeralPagesMax = 1790,
            Objects = 51,
            ObjectsMax = 65,
            Nodes = 78,
            NodesMax = 110,
            Pages = 1650,
            PagesMax = 2000,
            DataFrames = 1100,
            DataFramesMax = 1800,
            Contents = 7,
            ContentsMax = 8,
            NewEphemeralPuts = 4210,
            DeduplicatedPuts = 9,
            TrimmedBytes = 10,
            CompressedContentBytes = 11,
        };
        Assert.Equal(expected, TmemListReader.Parse(LongForm).Host);
    }

    [Fact]
    public void Shared_pools_clients_and_pools_are_read_in_order()
    {
        TmemList list = TmemListReader.Parse(LongForm);

        TmemListSharedPool shared = Assert.Single(list.SharedPools);
        Assert.Equal((3, false, s_uuid, s_sharedCounts), (shared.Slot, shared.IsPersistent, shared.Uuid, shared.Counts));
        Assert.Equal([4, 12, 4], shared.Sharers);
        Assert.Equal([4, 12], list.Clients.Select(client => client.Id));
        var first = new TmemListClient
        {
            IsLong = true,
            Id = 4,
            Weight = uint.MaxValue,
            Compresses = true,
            Cycles = 12,
            EphemeralHits = 1950,
            PersistentPuts = 340,
            PersistentHits = 42,
            EphemeralPages = 1400,
            EphemeralPagesMax = 1790,
            PackedPages = 600,
            PackedBytes = 983_040,
            PutsIncompressible = 25,
            PackedPutsRefused = 3,
        };
        Assert.Equal(first, list.Clients[0]);
        Assert.Equal((5u, true, false), (list.Clients[1].Weight, list.Clients[1].IsFrozen, list.Clients[1].Compresses));
        Assert.Equal([(4, 0), (4, 1), (12, 2)], list.Pools.Select(pool => (pool.ClientId, pool.Id)));
        Assert.Equal([(false, false), (true, false), (true, true)], list.Pools.Select(pool => (pool.IsPersistent, pool.IsShared)));
        Assert.Equal((1540, 4000, 31), (list.Pools[0].Counts.GetHits, list.Pools[0].Counts.Gets, list.Pools[0].Counts.PutsReplaced));
        Assert.Equal((s_uuid, s_sharedCounts), (list.Pools[2].Uuid, list.Pools[2].Counts));
        Assert.Empty(list.Timings);
    }

    [Fact]
    public void Of_the_short_form_the_long_keys_are_zero()
    {
        TmemList list = TmemListReader.Parse("G=Tt:5,Te:1\nS=SI:0,PT:PS,U0:a,U1:B,SC:1\nC=CI:1,ww:7,ca:250,co:0\nP=CI:1,PI:2,PT:PS,U0:a,U1:b\nT\n");

        Assert.Equal(new TmemListHost { Operations = 5, FailedOperations = 1 }, list.Host);
        Assert.Equal(new TmemListClient { Id = 1, Weight = 7, Cap = 250 }, Assert.Single(list.Clients));
        Assert.Equal(new TmemListPoolCounts(), list.SharedPools[0].Counts);
        Assert.True(list.SharedPools[0].IsPersistent);
        Assert.Equal(new TmemListPool { ClientId = 1, Id = 2, IsPersistent = true, IsShared = true, Uuid = new PoolUuid(10, 11) }, list.Pools[0]);
        Assert.Equal(list.Pools[0].Uuid, list.SharedPools[0].Uuid);
    }

    [Fact]
    public void Timings_of_old_releases_are_read()
    {
        TmemList list = TmemListReader.Parse(
            "T=Gn:4,Gt:400,Gx:150,Gm:80,Pn:0,Pt:0,Px:0,Pm:2147483647,gn:1,gt:9,gx:9,gm:9,dn:2,dt:70,dx:40,dm:30\n");

        TmemListTiming[] expected =
        [
            new(TmemListWork.Get, 4, 400, 150, 80),
            new(TmemListWork.Put, 0, 0, 0, int.MaxValue),
            new(TmemListWork.FailedGet, 1, 9, 9, 9),
            new(TmemListWork.Decompression, 2, 70, 40, 30),
        ];
        Assert.Equal(expected, list.Timings);
        Assert.Null(list.Host);
    }

    [Fact]
    public void What_is_not_known_is_passed_over()
    {
        TmemList list = TmemListReader.Parse("\n\n=\nX=Tt:7\nhello, world\nG:Tt:9\nG=,,Zz:no number,T,Tt:8,Tt:9,Te,Te:5,Cf;3,Longer:x\r\nT\nP");

        Assert.Equal(new TmemListHost { Operations = 8 }, list.Host);
        Assert.Empty(list.Clients);
        Assert.Empty(list.Pools);
        Assert.Empty(TmemListReader.Parse("").Clients);
    }

    [Fact]
    public void The_text_ends_at_a_nul() => Assert.Single(TmemListReader.Parse("C=CI:1\n\0C=CI:x\n").Clients);

    [Theory]
    [InlineData("T\nG=Te:1,Tt:abc,Cf:1\n", "Line 2, column 11: Tt is \"abc\"; it may be a decimal number of 64 bits.")]
    [InlineData("G=Tt:\n", "Line 1, column 6: Tt is \"\"; it may be a decimal number of 64 bits.")]
    [InlineData("G=Tt:+1", "Line 1, column 6: Tt is \"+1\"; it may be a decimal number of 64 bits.")]
    [InlineData("G=Tt: 1", "Line 1, column 6: Tt is \" 1\"; it may be a decimal number of 64 bits.")]
    [InlineData("G=Tt:9223372036854775808", "Line 1, column 6: Tt is \"9223372036854775808\"; it may be a decimal number of 64 bits.")]
    [InlineData("C=CI:-1", "Line 1, column 6: CI is \"-1\"; it may be a decimal number from 0 to 2,147,483,647.")]
    [InlineData("C=CI:1,ww:4294967296", "Line 1, column 11: ww is \"4294967296\"; it may be a decimal number of 32 bits.")]
    [InlineData("P=PT:XX", "Line 1, column 6: PT is \"XX\"; it may be EP, ES, PP or PS.")]
    [InlineData("S=U0:-5", "Line 1, column 6: U0 is \"-5\"; it may be a hexadecimal number of 64 bits.")]
    [InlineData("S=SC:1,SC:2,SC:z", "Line 1, column 16: SC is \"z\"; it may be a decimal number from 0 to 2,147,483,647.")]
    [InlineData("T=Gn:1,Gt:z", "Line 1, column 11: Gt is \"z\"; it may be a decimal number of 64 bits.")]
    [InlineData("G=Tt:1\nG=Tt:1", "Line 2, column 1: a text has one line of the host (G), and this is another.")]
    [InlineData("G=Tt:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Line 1, column 6: Tt is \"aaaaaaaaaaaaaaaaaaaaaaaa…\"; it may be a decimal number of 64 bits.")]
    public void A_wrong_value_is_told_with_its_place(string text, string message)
    {
        FormatException error = Assert.Throws<FormatException>(() => TmemListReader.Parse(text));
        Assert.Equal(message, error.Message);
        Assert.False(TmemListReader.TryParse(text, out TmemList? list));
        Assert.Null(list);
    }

    [Fact]
    public void No_text_gives_another_error_than_a_format()
    {
        var random = new Random(3);
        const string Letters = "GSCPT=:,\n\r\0TtTeCIPTU0SCEP09-+azλ\ud83d ";
        var text = new StringBuilder();
        int read = 0;
        for (int round = 0; round < 20_000 * Hosts.Stress; round++)
        {
            text.Clear();
            if (round % 2 == 0)
            {
                text.Append(LongForm);
            }

            for (int i = random.Next(40); i > 0; i--)
            {
                text.Insert(random.Next(text.Length + 1), Letters[random.Next(Letters.Length)]);
            }

            read += TmemListReader.TryParse(text.ToString(), out _) ? 1 : 0;
        }

        Assert.InRange(read, 1000, (20_000 * Hosts.Stress) - 1000);
        Assert.False(TmemListReader.TryParse(null, out _));
        Assert.Throws<ArgumentNullException>(() => TmemListReader.Parse(null!));
    }

    [Theory]
    [InlineData(TmemProfile.Default, true)]
    [InlineData(TmemProfile.Default, false)]
    [InlineData(TmemProfile.Xen, true)]
    [InlineData(TmemProfile.Xen, false)]
    public void What_the_writer_writes_is_what_the_statistics_say(TmemProfile profile, bool isLong)
    {
        using var host = new TmemHost(Hosts.Small with { Profile = profile, CompressByDefault = true, Shards = 1 });
        TmemClient busy = host.CreateClient(new() { Id = 9, Weight = 250, EphemeralCapBytes = 3 << 20 });
        TmemClient frozen = host.CreateClient(new() { Id = 3 });
        TmemPool[] pools = [busy.CreatePersistentPool(), busy.CreateEphemeralPool(), busy.Join(Hosts.Uuid), frozen.CreateRetainingPool(), frozen.Join(Hosts.Uuid)];
        Exercise((PersistentPool)pools[0], (EphemeralPool)pools[1], (SharedEphemeralPool)pools[2]);
        host.Control.Freeze(frozen);
        Assert.False(((RetainingPool)pools[3]).TryPut(1, 1, Pages.Of(1)));
        host.Control.GiveBack(20 * TmemPool.PageBytes);

        TmemList list = TmemListReader.Parse(host.Control.List(isLong));

        RequireHost(host.GetStatistics(), list.Host!, isLong);
        Assert.Equal(2, list.Clients.Count);
        RequireClient(busy.GetStatistics(), list.Clients[0], isLong);
        RequireClient(frozen.GetStatistics(), list.Clients[1], isLong);
        Assert.Equal(5, list.Pools.Count);
        for (int i = 0; i < pools.Length; i++)
        {
            RequirePool(pools[i].GetStatistics()!, list.Pools[i], isLong);
        }

        TmemListSharedPool shared = Assert.Single(list.SharedPools);
        Assert.Equal([9, 3], shared.Sharers);
        Assert.Equal((Hosts.Uuid, list.Pools[2].Counts), (shared.Uuid, shared.Counts));
        Assert.Equal(list.Pools.Take(3), TmemListReader.Parse(host.Control.List(busy, isLong)).Pools);
    }

    private static void Exercise(PersistentPool persistent, EphemeralPool ephemeral, SharedEphemeralPool shared)
    {
        var buffer = new byte[TmemPool.PageBytes];
        var unreadable = default(UnreadableSource);
        for (uint i = 0; i < 900; i++)
        {
            Pages.FillMixed(buffer, i);
            persistent.Put(i % 40, i % 300, buffer);
            ephemeral.TryPut(i / 10, i, buffer);
            shared.TryPut(i % 7, i % 90, buffer);
        }

        persistent.Put(1, 1, ref unreadable);
        persistent.Get(1, 41, buffer);
        ephemeral.Take(89, 899, buffer);
        shared.Get(1, 99, buffer);
        shared.FlushPage(1, 1);
        shared.FlushObject(2);
        shared.FlushObject(77);
    }

    private static void RequireHost(HostStatistics s, TmemListHost line, bool isLong)
    {
        Assert.Equal(
            (s.Operations, s.FailedOperations, s.FailedCopies, s.FreeFrames, s.Evictions, s.EvictionAttempts),
            (line.Operations, line.FailedOperations, line.FailedCopies, line.FreeFrames, line.Evictions, line.EvictionAttempts));
        Assert.Equal(
            (s.Refusals.Metadata, s.Refusals.Memory, s.FramesGivenBack, s.GiveBacks, s.GiveBackEvictionsMax),
            (line.FailedRecordAllocations, line.FailedFrameAllocations, line.FramesGivenBack, line.GiveBacks, line.GiveBackEvictionsMax));
        Assert.True(s.FailedCopies > 0 && s.FramesGivenBack > 0);
        Assert.Equal(isLong, line.IsLong);
        if (isLong)
        {
            Assert.Equal(
                (s.EphemeralPages, s.EphemeralPagesMax, s.Objects, s.ObjectsMax, s.Nodes, s.NodesMax),
                (line.EphemeralPages, line.EphemeralPagesMax, line.Objects, line.ObjectsMax, line.Nodes, line.NodesMax));
            Assert.Equal(
                (s.Pages, s.PagesMax, s.DataFrames, s.DataFramesMax, s.NewEphemeralPuts),
                (line.Pages, line.PagesMax, line.DataFrames, line.DataFramesMax, line.NewEphemeralPuts));
        }
    }

    private static void RequireClient(ClientStatistics s, TmemListClient line, bool isLong)
    {
        Assert.Equal(
            (s.Id, s.Weight, s.EphemeralCapBytes >> 20, s.Compresses, s.IsFrozen, s.EphemeralHits, s.PersistentPuts, s.PersistentHits),
            (line.Id, line.Weight, line.Cap, line.Compresses, line.IsFrozen, line.EphemeralHits, line.PersistentPuts, line.PersistentHits));
        Assert.Equal(isLong, line.IsLong);
        if (isLong)
        {
            Assert.Equal(
                (s.EphemeralPages, s.EphemeralPagesMax, s.PackedPages, s.PackedBytes, s.PutsIncompressible, s.PackedPutsRefused),
                (line.EphemeralPages, line.EphemeralPagesMax, line.PackedPages, line.PackedBytes, line.PutsIncompressible, line.PackedPutsRefused));
        }
    }

    private static void RequirePool(PoolStatistics s, TmemListPool line, bool isLong)
    {
        Assert.Equal((s.Id, s.IsPersistent, s.IsShared), (line.Id, line.IsPersistent, line.IsShared));
        Assert.Equal(s.IsShared ? s.Uuid : default, line.Uuid);
        TmemListPoolCounts expected = !isLong ? new() : new()
        {
            IsLong = true,
            Pages = s.Pages,
            PagesMax = s.PagesMax,
            Objects = s.Objects,
            ObjectsMax = s.ObjectsMax,
            Nodes = s.Nodes,
            NodesMax = s.NodesMax,
            PutsStored = s.PutsStored,
            Puts = s.Puts,
            PutsDropped = s.PutsDropped,
            PutsReplaced = s.PutsReplaced,
            PutsRefused = s.PutsRefused,
            GetHits = s.GetHits,
            Gets = s.Gets,
            PageFlushesFound = s.PageFlushesFound,
            PageFlushes = s.PageFlushes,
            ObjectFlushesFound = s.ObjectFlushesFound,
            ObjectFlushes = s.ObjectFlushes,
        };
        Assert.Equal(expected, line.Counts);
    }
}
