public interface IPort
{
    long Call(uint op, [PinnedBuffer(MinimumBytes = 4096)] nint page);
}

public static unsafe class Pages
{
    public static long Put(IPort port)
    {
        byte[] page = new byte[4096];
        return port.Call(4, {|TMEM101:(nint)Unsafe.AsPointer(ref page[0])|});
    }
}
