namespace TmemCore.PageBench;

/// <summary>Pages in random order, 16 to a call.</summary>
internal static class BatchRows
{
    private const int BatchPages = 16;

    public static void Run(BenchOptions options, FilledStore store, Report report)
    {
        int[] order = store.Order;
        byte[] pages = GC.AllocateArray<byte>(BatchPages * TmemPool.PageBytes, pinned: true);
        var handles = new PageHandle[BatchPages];
        var found = new GetResult[BatchPages];
        var stored = new PutResult[BatchPages];

        if (options.Wants("get batch"))
        {
            report.Add(Paired.Run(
                options, "get batch", 0.97, "16 to a call, random", order.Length,
                CopyOut,
                (from, count) => InBatches(from, count, Get)));
        }

        if (options.Wants("put batch"))
        {
            report.Add(Paired.Run(
                options, "put batch", 0.70, "16 to a call, over existing, random", order.Length,
                CopyIn,
                (from, count) => InBatches(from, count, Put)));
        }

        // The same 16 pages of the caller's memory as the calls have: more than the first cache holds.
        int CopyOut(int from, int count)
        {
            int wrong = 0;
            for (int i = from; i < from + count; i++)
            {
                Span<byte> page = PageAt(i - from);
                store.Store.Frame(store.Frames[order[i]]).CopyTo(page);
                wrong += FilledStore.Carries(page, order[i]) ? 0 : 1;
            }

            return wrong;
        }

        int CopyIn(int from, int count)
        {
            for (int i = from; i < from + count; i++)
            {
                Span<byte> page = PageAt(i - from);
                FilledStore.Stamp(page, order[i]);
                page.CopyTo(store.Store.Frame(store.Frames[order[i]]));
            }

            return 0;
        }

        Span<byte> PageAt(int number) => pages.AsSpan(number % BatchPages * TmemPool.PageBytes, TmemPool.PageBytes);

        int InBatches(int from, int count, Func<int, int> batch)
        {
            int wrong = 0;
            for (int done = 0; done < count; done += BatchPages)
            {
                int length = Math.Min(BatchPages, count - done);
                for (int i = 0; i < length; i++)
                {
                    int page = order[from + done + i];
                    handles[i] = new PageHandle(FilledStore.ObjectOf(page), FilledStore.IndexOf(page));
                    FilledStore.Stamp(pages.AsSpan(i * TmemPool.PageBytes), page);
                }

                wrong += length - batch(length);
            }

            return wrong;
        }

        int Get(int length)
        {
            int right = store.Pool.GetMany(handles.AsSpan(0, length), pages.AsSpan(0, length * TmemPool.PageBytes), found);
            for (int i = 0; i < length; i++)
            {
                int page = ((int)handles[i].Object.Word0 * FilledStore.PagesPerObject) + (int)handles[i].Index;
                right -= FilledStore.Carries(pages.AsSpan(i * TmemPool.PageBytes), page) ? 0 : 1;
            }

            return right;
        }

        int Put(int length) => store.Pool.PutMany(handles.AsSpan(0, length), pages.AsSpan(0, length * TmemPool.PageBytes), stored);
    }
}
