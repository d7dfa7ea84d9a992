public struct Slice
{
    public nint Data;
    public int Count;
}

public static unsafe class Codec
{
    [DllImport("codec")]
    private static extern int codec_decode(Slice input);

    public static int Decode()
    {
        byte[] packet = new byte[1500];
        Slice slice;
        slice.Data = (nint)Unsafe.AsPointer(ref packet[0]);
        slice.Count = packet.Length;
        return codec_decode({|TMEM101:slice|});
    }
}
