using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>A client with pools of all kinds, and pages of all forms, of which a model knows what they are.</summary>
internal sealed class SampleClient
{
    private readonly Dictionary<(int Pool, ObjectId Object, uint Index), byte[]> _model = [];

    private SampleClient(TmemClient client) => Client = client;

    public TmemClient Client { get; }

    public int PageCount => _model.Count;

    /// <summary>Makes one.</summary>
    /// <param name="host">Its host.</param>
    /// <param name="pagesPerPool">Pages of each persistent pool; entries are as many besides.</param>
    /// <param name="compressions">The persistent pools, by how they make pages smaller; null to follow the client.</param>
    public static SampleClient Create(TmemHost host, int pagesPerPool, params PageCompression?[] compressions)
    {
        TmemClient client = host.CreateClient(new TmemClientOptions
        {
            Name = "Sämann",
            Weight = 70,
            EphemeralCapBytes = 123_456,
            PersistentAllowanceBytes = 1L << 40,
            PersistentReservationBytes = 64 << 10,
            Compression = PageCompression.Lz4,
        });
        var sample = new SampleClient(client);
        client.CreateEphemeralPool().TryPut(1, 1, Pages.Of(1));
        client.CreateRetainingPool();
        foreach (PageCompression? compression in compressions)
        {
            PersistentPool pool = client.CreatePersistentPool();
            Assert.True(pool.TrySetCompression(compression));
            sample.Fill(pool, pagesPerPool);
        }

        client.Join(Hosts.Uuid);
        return sample;
    }

    /// <summary>The same pages under another client; for what has been restored.</summary>
    public SampleClient Of(TmemClient client)
    {
        var other = new SampleClient(client);
        foreach (KeyValuePair<(int, ObjectId, uint), byte[]> page in _model)
        {
            other._model.Add(page.Key, page.Value);
        }

        return other;
    }

    public static byte[] Mixed(ulong seed)
    {
        var page = new byte[TmemPool.PageBytes];
        Pages.FillMixed(page, seed);
        return page;
    }

    public void Put(PersistentPool pool, ObjectId objectId, uint index, byte[] entry)
    {
        Assert.Equal(PutResult.Stored, pool.PutEntry(objectId, index, entry));
        _model[(pool.Id, objectId, index)] = entry;
    }

    public void Flush(PersistentPool pool, ObjectId objectId, uint index)
    {
        pool.FlushPage(objectId, index);
        _model.Remove((pool.Id, objectId, index));
    }

    /// <summary>Destroys a pool and all its pages.</summary>
    public void Destroy(PersistentPool pool)
    {
        pool.Dispose();
        foreach ((int Pool, ObjectId, uint) page in _model.Keys.Where(page => page.Pool == pool.Id).ToArray())
        {
            _model.Remove(page);
        }
    }

    /// <summary>Requires that a client has the same settings, pools and pages as this one.</summary>
    public void RequireEqual(TmemClient other)
    {
        RequireSettings(other);
        for (int id = 0; id < 16; id++)
        {
            Assert.Equal(Client.TryGetPool(id, out TmemPool? pool), other.TryGetPool(id, out TmemPool? otherPool));
            Assert.Equal(pool?.GetType(), otherPool?.GetType());
            Assert.Equal(pool?.Compression, otherPool?.Compression);
        }

        RequirePages(other);
    }

    public void RequireSettings(TmemClient other)
    {
        TmemCore.Statistics.ClientStatistics left = Client.GetStatistics();
        TmemCore.Statistics.ClientStatistics right = other.GetStatistics();
        Assert.Equal(Client.Name, other.Name);
        Assert.Equal(
            (left.Weight, left.EphemeralCapBytes, left.Compresses, left.Compression, left.IsFrozen, left.PersistentAllowanceBytes, left.PersistentReservationBytes),
            (right.Weight, right.EphemeralCapBytes, right.Compresses, right.Compression, right.IsFrozen, right.PersistentAllowanceBytes, right.PersistentReservationBytes));
    }

    /// <summary>Requires that a client has the pages that the model knows, bit for bit, and no others.</summary>
    public void RequirePages(TmemClient other)
    {
        var buffer = new byte[TmemPool.PageBytes];
        foreach (((int id, ObjectId objectId, uint index), byte[] entry) in _model)
        {
            Assert.True(other.TryGetPool(id, out TmemPool? pool));
            Assert.Equal(GetResult.Hit, ((PersistentPool)pool).GetEntry(objectId, index, buffer, out int length));
            Assert.True(entry.AsSpan().SequenceEqual(buffer.AsSpan(0, length)), $"Page {index} of object {objectId} of pool {id} is another one.");
        }

        Assert.Equal(_model.Count, Persistent(other).Sum(static pool => pool.PageCount));
        Assert.Empty(other.Host.Verify());
    }

    public static IEnumerable<PersistentPool> Persistent(TmemClient client)
    {
        for (int id = 0; id < 16; id++)
        {
            if (client.TryGetPool(id, out TmemPool? pool) && pool is PersistentPool persistent)
            {
                yield return persistent;
            }
        }
    }

    private void Fill(PersistentPool pool, int pages)
    {
        for (uint i = 0; i < pages; i++)
        {
            // Objects of one page, of neighbours, and of pages far apart.
            (ObjectId objectId, uint index) = (i % 3) switch
            {
                0 => (new ObjectId(i, 7, ulong.MaxValue - i), i),
                1 => (new ObjectId(5), i),
                _ => (new ObjectId(6, i % 2), i * 1_000_003),
            };
            Put(pool, objectId, index, Mixed(i + ((ulong)pool.Id << 32)));
            Put(pool, new ObjectId(9, 9, i / 50), i, Mixed(i)[..(int)(1 + (i * 997 % 4095))]);
        }
    }
}
