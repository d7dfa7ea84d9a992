// The address travels in a structure.
public struct IoVector
{
    public nint Base;
    public nuint Length;
}

public static unsafe class Gather
{
    [DllImport("c")]
    private static extern nint writev(int fd, IoVector* vectors, int count);

    public static nint Write(int fd)
    {
        byte[] head = new byte[16];
        IoVector vector = new IoVector { Base = (nint)Unsafe.AsPointer(ref head[0]), Length = 16 };
        return writev(fd, {|TMEM101:&vector|}, 1);
    }
}
