public static unsafe class Serial
{
    [DllImport("c", SetLastError = true)]
    private static extern nint write(int fd, byte* buffer, nuint length);

    public static void WriteAll(int fd, byte[] data)
    {
        nint done = 0;
        while (done < data.Length)
        {
            done += write(fd, {|TMEM103:(byte*)Unsafe.AsPointer(ref data[done])|}, (nuint)(data.Length - done));
        }
    }
}
