[InlineArray(16)]
public struct Sixteen
{
    private byte _first;
}

public static unsafe class Uuid
{
    [DllImport("uuid")]
    private static extern void uuid_generate(byte* uuid);

    public static byte First()
    {
        Sixteen bytes = default;
        uuid_generate((byte*)Unsafe.AsPointer(ref bytes[0]));
        Span<byte> view = bytes;
        return view[0];
    }
}
