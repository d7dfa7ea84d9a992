public static unsafe class Dma
{
    [DllImport("dma")]
    private static extern void dma_start(ulong address, uint length);

    public static void Start(bool half)
    {
        ushort[] samples = new ushort[1024];
        ulong address;
        fixed (ushort* pinned = &samples[0])
        {
            address = (ulong)pinned;
        }

        dma_start({|TMEM102:half ? address + 1024 : address|}, 1024);
    }
}
