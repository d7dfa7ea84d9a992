public unsafe struct IoVector
{
    public void* Base;
    public nuint Length;

    public IoVector(void* start, nuint length)
    {
        Base = start;
        Length = length;
    }
}

public static unsafe class Gather
{
    [DllImport("c")]
    private static extern nint writev(int fd, IoVector* vectors, int count);

    public static nint Write(int fd, byte[] head, ReadOnlySpan<byte> body)
    {
        fixed (byte* first = head, second = body)
        {
            IoVector* vectors = stackalloc IoVector[2];
            vectors[0] = new IoVector(first, (nuint)head.Length);
            vectors[1].Base = second;
            vectors[1].Length = (nuint)body.Length;
            return writev(fd, vectors, 2);
        }
    }
}
