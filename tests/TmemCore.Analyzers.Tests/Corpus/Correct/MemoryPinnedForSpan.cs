public static unsafe class Codec
{
    [DllImport("codec")]
    private static extern int codec_run(byte* input, byte* output);

    public static int Run(Memory<byte> input, Memory<byte> output)
    {
        using MemoryHandle first = input.Pin();
        using MemoryHandle second = output.Pin();
        fixed (byte* from = input.Span)
        {
            return codec_run(from, (byte*)second.Pointer) + codec_run((byte*)first.Pointer, (byte*)second.Pointer);
        }
    }
}
