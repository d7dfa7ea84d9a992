public static unsafe class Typed
{
    [DllImport("typed")]
    private static extern void typed_fill(int* data, int count);

    public static void Fill(int[] data)
    {
        using var handle = new PinnedGCHandle<int[]>(data);
        typed_fill(handle.GetAddressOfArrayData(), data.Length);
    }
}
