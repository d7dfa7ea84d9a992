public static unsafe class Zip
{
    [DllImport("z")]
    private static extern int compress2(byte* target, nuint* targetLength, byte* source, nuint sourceLength, int level);

    public static byte[] Compress(byte[] source)
    {
        byte[] target = new byte[source.Length + 64];
        nuint length = (nuint)target.Length;
        fixed (byte* from = source, to = target)
        {
            if (compress2(to, &length, from, (nuint)source.Length, 6) != 0)
            {
                throw new InvalidOperationException("The library refused.");
            }
        }

        return target.AsSpan(0, (int)length).ToArray();
    }
}
