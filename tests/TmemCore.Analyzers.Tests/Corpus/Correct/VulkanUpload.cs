public static unsafe class Upload
{
    [DllImport("vulkan")]
    private static extern int vkMapMemory(nint device, nint memory, ulong offset, ulong size, uint flags, void** data);

    [DllImport("vulkan")]
    private static extern void vkUnmapMemory(nint device, nint memory);

    public static void Vertices<T>(nint device, nint memory, ReadOnlySpan<T> vertices)
        where T : unmanaged
    {
        void* data;
        vkMapMemory(device, memory, 0, (ulong)(vertices.Length * sizeof(T)), 0, &data);
        vertices.CopyTo(new Span<T>(data, vertices.Length));
        vkUnmapMemory(device, memory);
    }
}
