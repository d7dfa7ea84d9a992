namespace TmemCore.PageBench;

/// <summary>Pages in random order, 16 to a call. The copy uses the same 16 pages of the caller's memory, which are more than the first cache holds.</summary>
internal sealed class BatchRows
{
    private const int BatchPages = 16;

    private readonly FilledStore _store;
    private readonly byte[] _pages = GC.AllocateArray<byte>(BatchPages * TmemPool.PageBytes, pinned: true);
    private readonly PageHandle[] _handles = new PageHandle[BatchPages];
    private readonly GetResult[] _found = new GetResult[BatchPages];
    private readonly PutResult[] _stored = new PutResult[BatchPages];

    private BatchRows(FilledStore store) => _store = store;

    public static void Run(BenchOptions options, FilledStore store, Report report)
    {
        var rows = new BatchRows(store);
        if (options.Wants("get batch"))
        {
            report.Add(Paired.Run(
                options, "get batch", 0.97, "16 to a call, random", store.Order.Length, rows.CopyOut, (from, count) => rows.InBatches(from, count, rows.Get)));
        }

        if (options.Wants("put batch"))
        {
            report.Add(Paired.Run(
                options, "put batch", 0.70, "16 to a call, over existing, random", store.Order.Length, rows.CopyIn, (from, count) => rows.InBatches(from, count, rows.Put)));
        }
    }

    private int CopyOut(int from, int count)
    {
        int wrong = 0;
        for (int i = from; i < from + count; i++)
        {
            int number = _store.Order[i];
            Span<byte> page = PageAt(i - from);
            _store.Store.Frame(_store.Frames[number]).CopyTo(page);
            wrong += FilledStore.Carries(page, number) ? 0 : 1;
        }

        return wrong;
    }

    private int CopyIn(int from, int count)
    {
        for (int i = from; i < from + count; i++)
        {
            int number = _store.Order[i];
            Span<byte> page = PageAt(i - from);
            FilledStore.Stamp(page, number);
            page.CopyTo(_store.Store.Frame(_store.Frames[number]));
        }

        return 0;
    }

    private int InBatches(int from, int count, Func<int, int> batch)
    {
        int wrong = 0;
        for (int done = 0; done < count; done += BatchPages)
        {
            int length = Math.Min(BatchPages, count - done);
            for (int i = 0; i < length; i++)
            {
                int number = _store.Order[from + done + i];
                _handles[i] = new PageHandle(FilledStore.ObjectOf(number), FilledStore.IndexOf(number));
                FilledStore.Stamp(PageAt(i), number);
            }

            wrong += length - batch(length);
        }

        return wrong;
    }

    private int Get(int length)
    {
        int right = _store.Pool.GetMany(_handles.AsSpan(0, length), _pages.AsSpan(0, length * TmemPool.PageBytes), _found);
        for (int i = 0; i < length; i++)
        {
            int number = ((int)_handles[i].Object.Word0 * FilledStore.PagesPerObject) + (int)_handles[i].Index;
            right -= FilledStore.Carries(PageAt(i), number) ? 0 : 1;
        }

        return right;
    }

    private int Put(int length) => _store.Pool.PutMany(_handles.AsSpan(0, length), _pages.AsSpan(0, length * TmemPool.PageBytes), _stored);

    private Span<byte> PageAt(int number) => _pages.AsSpan(number % BatchPages * TmemPool.PageBytes, TmemPool.PageBytes);
}
