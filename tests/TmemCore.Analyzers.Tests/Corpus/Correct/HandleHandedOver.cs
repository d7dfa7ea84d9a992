public sealed class Holder
{
    private readonly List<GCHandle> _handles = [];

    [DllImport("hold")]
    private static extern void hold_add(nint data);

    public void Add(byte[] data)
    {
        GCHandle handle = GCHandle.Alloc(data, GCHandleType.Pinned);
        hold_add(handle.AddrOfPinnedObject());
        _handles.Add(handle);
    }

    public void Clear()
    {
        foreach (GCHandle handle in _handles)
        {
            handle.Free();
        }

        _handles.Clear();
    }
}
