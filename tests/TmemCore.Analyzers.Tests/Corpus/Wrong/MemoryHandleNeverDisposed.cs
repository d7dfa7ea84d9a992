public static unsafe class Gpu
{
    [DllImport("gpu")]
    private static extern void gpu_upload(void* vertices, nuint bytes);

    public static void Upload(ReadOnlyMemory<byte> vertices)
    {
        MemoryHandle handle = {|TMEM105:vertices.Pin()|};
        gpu_upload(handle.Pointer, (nuint)vertices.Length);
    }
}
