public sealed class Table : IDisposable
{
    private readonly HypercallBuffer _table = HypercallBufferPool.Shared.Rent(8192);

    [DllImport("tbl")]
    private static extern long tbl_set([PinnedBuffer] nint table, int entries);

    public long Set() => tbl_set(_table.DangerousAddress, _table.LengthBytes / 8);

    public void Dispose() => _table.Dispose();
}
