using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>Entries shorter than a page.</summary>
public sealed class EntryTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    public static TheoryData<PageCompression, TmemProfile> Settings => new()
    {
        { PageCompression.None, TmemProfile.Default },
        { PageCompression.Lz4, TmemProfile.Default },
        { PageCompression.Zstandard, TmemProfile.Default },
        { PageCompression.Lz4, TmemProfile.Xen },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Every_length_comes_back(PageCompression compression, TmemProfile profile)
    {
        using TmemHost host = Create(compression, profile);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        for (int length = 1; length <= TmemPool.PageBytes; length++)
        {
            Assert.Equal(PutResult.Stored, pool.PutEntry(1, (uint)length, EntryOf(length, length)));
        }

        for (int length = 1; length <= TmemPool.PageBytes; length++)
        {
            Assert.Equal(GetResult.Hit, pool.GetEntry(1, (uint)length, _buffer, out int found));
            Assert.Equal(length, found);
            Assert.True(_buffer.AsSpan(0, found).SequenceEqual(EntryOf(length, length)), $"The entry of {length} bytes is another one.");
        }

        Assert.Empty(host.Verify());
        pool.FlushObject(1);
        Assert.Equal(0, host.GetStatistics().DataBytes);
        Assert.Empty(host.Verify());
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Entries_and_pages_replace_each_other_in_every_kind_of_pool(PageCompression compression, TmemProfile profile)
    {
        using TmemHost host = Create(compression, profile);
        TmemClient client = host.CreateClient();
        PersistentPool persistent = client.CreatePersistentPool();
        RetainingPool retaining = client.CreateRetainingPool();
        EphemeralPool ephemeral = client.CreateEphemeralPool();
        SharedEphemeralPool shared = client.Join(Hosts.Uuid);
        var random = new Random(7);
        int[] lengths = [1, 8, 60, 100, 1000, 2048, 3500, 3584, 4060, 4061, 4090, 4095, 4096, 4096, 4096];
        for (int put = 0; put < 2000; put++)
        {
            int length = lengths[random.Next(lengths.Length)];
            uint index = (uint)random.Next(6);
            byte[] entry = EntryOf(length, put);
            Assert.Equal(PutResult.Stored, persistent.PutEntry(1, index, entry));
            Assert.True(retaining.TryPutEntry(1, index, entry, out _));
            Assert.True(ephemeral.TryPutEntry(1, index, entry, out _));
            Assert.True(shared.TryPutEntry(1, index, entry, out _));
            Assert.Equal(GetResult.Hit, persistent.GetEntry(1, index, _buffer, out int found));
            RequireEntry(entry, found);
            Assert.Equal(GetResult.Hit, retaining.GetEntry(1, index, _buffer, out found));
            RequireEntry(entry, found);
            Assert.Equal(GetResult.Hit, shared.GetEntry(1, index, _buffer, out found));
            RequireEntry(entry, found);
            if (random.Next(3) == 0)
            {
                Assert.Equal(GetResult.Hit, ephemeral.TakeEntry(1, index, _buffer, out found));
                RequireEntry(entry, found);
            }
        }

        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_buffer_that_is_too_short_learns_the_length_and_the_entry_stays()
    {
        using TmemHost host = Create(PageCompression.Lz4, TmemProfile.Default);
        EphemeralPool pool = host.CreateClient().CreateEphemeralPool();
        foreach (int length in new[] { 100, 4000, 4096 })
        {
            pool.TryPutEntry(1, 1, EntryOf(length, 3), out _);
            Array.Fill(_buffer, (byte)0xCC);
            Assert.Equal(GetResult.Unwritable, pool.TakeEntry(1, 1, _buffer.AsSpan(0, length - 1), out int needed));
            Assert.Equal(length, needed);
            Assert.Equal(-1, _buffer.AsSpan().IndexOfAnyExcept((byte)0xCC));
            Assert.Equal(GetResult.Hit, pool.TakeEntry(1, 1, _buffer.AsSpan(0, length), out _));
            Assert.Equal(GetResult.Empty, pool.TakeEntry(1, 1, _buffer, out int none));
            Assert.Equal(0, none);
        }

        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_get_of_the_whole_page_finds_zeros_behind_the_entry()
    {
        using TmemHost host = Create(PageCompression.Lz4, TmemProfile.Default);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        foreach (int length in new[] { 1, 500, 4080 })
        {
            pool.PutEntry(1, 1, EntryOf(length, 3));
            Array.Fill(_buffer, (byte)0xCC);
            Assert.Equal(GetResult.Hit, pool.Get(1, 1, _buffer));
            Assert.True(_buffer.AsSpan(0, length).SequenceEqual(EntryOf(length, 3)));
            Assert.Equal(-1, _buffer.AsSpan(length).IndexOfAnyExcept((byte)0));
        }
    }

    [Fact]
    public void An_entry_that_takes_more_than_the_page_below_it_is_charged_and_may_be_refused()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient roomy = host.CreateClient();
        PersistentPool pool = roomy.CreatePersistentPool();
        pool.Put(1, 1, Pages.Of(1));
        long allowance = roomy.GetStatistics().PersistentBytes;
        PersistentPool tight = host.CreateClient(new TmemClientOptions { PersistentAllowanceBytes = allowance }).CreatePersistentPool();

        // 4,090 bytes lie in a frame as the page does, and have a record besides.
        Assert.Equal(PutResult.Stored, pool.PutEntry(1, 1, EntryOf(4090, 3)));
        Assert.Equal(allowance + 16, roomy.GetStatistics().PersistentBytes);
        Assert.Equal(PutResult.Stored, tight.Put(1, 1, Pages.Of(1)));
        Assert.Equal(PutResult.PageDropped, tight.PutEntry(1, 1, EntryOf(4090, 3)));
        Assert.InRange(tight.Client.GetStatistics().PersistentBytes, 0, allowance);
        Assert.Equal(GetResult.Empty, tight.Get(1, 1, _buffer));
        Assert.Empty(host.Verify());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4097)]
    public void Other_lengths_are_refused_with_what_would_have_been_right(int length)
    {
        using TmemHost host = Create(PageCompression.None, TmemProfile.Default);
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => pool.PutEntry(1, 1, new byte[length]));

        Assert.Contains("1 to 4,096", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, pool.PageCount);
    }

    [Fact]
    public void Small_entries_take_little_more_than_their_length()
    {
        using TmemHost host = new(Hosts.Small with { CapacityBytes = 32 * Hosts.Mebibyte });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        uint stored = 0;
        while (pool.PutEntry(stored / 64, stored % 64, EntryOf(200, (int)stored)) == PutResult.Stored)
        {
            stored++;
        }

        // Besides its slot of 224 bytes an entry has a descriptor, a record and its share of the index.
        Assert.InRange(host.CommittedBytes / stored, 224, 200 * 4 / 3);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void A_full_host_drops_old_entries_for_new_ones_of_any_length()
    {
        using TmemHost host = Create(PageCompression.Lz4, TmemProfile.Default);
        RetainingPool pool = host.CreateClient().CreateRetainingPool();
        var random = new Random(11);
        for (int put = 0; put < 30_000; put++)
        {
            int length = random.Next(4) == 0 ? 4096 : 1 + random.Next(4096);
            uint index = (uint)random.Next(20_000);
            byte[] entry = EntryOf(length, put);
            Assert.True(pool.TryPutEntry(index / 64, index % 64, entry, out PutResult result), $"Put {put} of {length} bytes answered {result}.");
            Assert.Equal(GetResult.Hit, pool.GetEntry(index / 64, index % 64, _buffer, out int found));
            RequireEntry(entry, found);
        }

        Assert.InRange(host.CommittedBytes, 15 * Hosts.Mebibyte, 16 * Hosts.Mebibyte);
        Assert.Empty(host.Verify());
    }

    private static TmemHost Create(PageCompression compression, TmemProfile profile) => new(Hosts.Small with
    {
        CapacityBytes = 16 * Hosts.Mebibyte,
        Compression = compression,
        CompressByDefault = true,
        Profile = profile,
    });

    private void RequireEntry(byte[] entry, int length)
    {
        Assert.Equal(entry.Length, length);
        Assert.True(_buffer.AsSpan(0, length).SequenceEqual(entry), $"An entry of {length} bytes is another one.");
    }

    /// <summary>Every third entry is random, the others of few values.</summary>
    private static byte[] EntryOf(int length, int seed)
    {
        var entry = new byte[length];
        var random = new Random(seed);
        if (seed % 3 == 0)
        {
            random.NextBytes(entry);
            return entry;
        }

        for (int i = 0; i < length; i++)
        {
            entry[i] = (byte)((i % 16) + random.Next(2));
        }

        return entry;
    }
}
