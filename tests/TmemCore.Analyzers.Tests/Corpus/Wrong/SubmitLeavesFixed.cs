public unsafe class Ring(void* entries)
{
    private static int Queue(void* entries, [PinnedBuffer(IsKept = true)] void* buffer, int length) => (int)(nuint)entries + length;

    public void Read()
    {
        byte[] page = new byte[4096];
        fixed (byte* pinned = page)
        {
            Queue(entries, {|TMEM112:pinned|}, page.Length);
        }
    }

    public int ReadInTwo()
    {
        byte[] page = new byte[4096];
        (nint Address, int Length) buffer = ((nint)Unsafe.AsPointer(ref page[0]), page.Length);
        return Queue(entries, {|TMEM101:(void*)buffer.Address|}, buffer.Length);
    }
}
