public static unsafe class Views
{
    [DllImport("vw")]
    private static extern int vw_scan(byte* data, long length);

    public static int Scan(System.IO.MemoryMappedFiles.MemoryMappedViewAccessor view)
    {
        byte* start = null;
        try
        {
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return vw_scan(start + view.PointerOffset, view.Capacity);
        }
        finally
        {
            if (start != null)
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
            }
        }
    }
}
