public static unsafe class Parallel2
{
    [DllImport("par")]
    private static extern void par_fill(byte* data, int length);

    public static void Fill(byte[] data)
    {
        fixed (byte* pinned = data)
        {
            byte* start = pinned;
            int half = data.Length / 2;
            Task first = Task.Run(() => par_fill(start, half));
            par_fill(start + half, data.Length - half);
            first.Wait();
        }
    }
}
