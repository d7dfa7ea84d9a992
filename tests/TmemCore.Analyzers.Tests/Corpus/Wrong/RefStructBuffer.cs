public unsafe ref struct Writer
{
    private readonly byte[] _buffer = new byte[128];

    public Writer()
    {
    }

    [DllImport("wr")]
    private static extern void wr_flush(byte* data);

    public readonly void Flush() => wr_flush({|TMEM101:(byte*)Unsafe.AsPointer(ref _buffer[0])|});
}
