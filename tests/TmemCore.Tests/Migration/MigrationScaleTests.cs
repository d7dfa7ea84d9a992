using System.Buffers.Binary;
using TmemCore.Migration;
using TmemCore.Tests.Engine;
using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>A client of a GiB moves while threads use it.</summary>
[Collection(nameof(ScaleTests))]
public sealed class MigrationScaleTests
{
    private const int PageCount = 1 << 18;
    private const int PagesPerObject = 64;

    [ScaleFact]
    public async Task A_client_of_a_gibibyte_moves_there_and_back_under_load()
    {
        var options = new TmemHostOptions { CapacityBytes = 2L << 30 };
        using var host = new TmemHost(options);
        using var other = new TmemHost(options);
        TmemClient client = host.CreateClient(new TmemClientOptions { Compression = PageCompression.Lz4 });
        PersistentPool still = client.CreatePersistentPool();
        Assert.True(still.TrySetCompression(PageCompression.None));
        var page = Pages.Of(1);
        for (int i = 0; i < PageCount; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(page, i);
            Assert.Equal(PutResult.Stored, still.Put((ulong)i / PagesPerObject, (uint)i % PagesPerObject, page));
        }

        PersistentPool busy = client.CreatePersistentPool();
        for (int move = 0; move < 2; move++)
        {
            LoadThread[] threads = LoadThread.Start(busy, 2, pages: 20_000);
            threads[^1].AwaitDone(30_000);
            client = await MoveAsync(client, move == 0 ? other : host);
            Array.ForEach(threads, static thread => thread.AwaitRefusal());
            Assert.True(client.TryGetPool(0, out TmemPool? first) & client.TryGetPool(1, out TmemPool? second));
            busy = (PersistentPool)second!;
            Array.ForEach(threads, thread => thread.RequireAll(busy));
            RequireAll((PersistentPool)first!, page);
            Assert.Empty(client.Host.Verify());

            // The next threads begin with a pool of their own.
            busy.Dispose();
            busy = client.CreatePersistentPool();
        }

        Assert.Equal(0, other.GetStatistics().Pages);
        Assert.Empty(other.Verify());
    }

    private static async Task<TmemClient> MoveAsync(TmemClient client, TmemHost host)
    {
        var link = new CuttableLink();
        Task<SaveReport> sending = Task.Run(() => ClientMigration.SendAsync(client, link.Source));
        TmemClient moved = await ClientMigration.ReceiveAsync(host, link.Target);
        await sending;
        await link.CloseAsync();
        return moved;
    }

    private static void RequireAll(PersistentPool pool, byte[] expected)
    {
        var page = new byte[TmemPool.PageBytes];
        Assert.Equal(PageCount, pool.PageCount);
        for (int i = 0; i < PageCount; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(expected, i);
            Assert.Equal(GetResult.Hit, pool.Get((ulong)i / PagesPerObject, (uint)i % PagesPerObject, page));
            Assert.True(page.AsSpan().SequenceEqual(expected));
        }
    }
}
