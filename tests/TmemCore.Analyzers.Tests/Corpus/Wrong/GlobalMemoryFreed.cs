public static class Ioctl
{
    [DllImport("c")]
    private static extern int ioctl(int fd, uint request, IntPtr argument);

    public static int Reset(int fd)
    {
        IntPtr argument = Marshal.AllocHGlobal(64);
        try
        {
            Marshal.WriteInt32(argument, 1);
        }
        finally
        {
            Marshal.FreeHGlobal(argument);
        }

        return ioctl(fd, 0x5401, {|TMEM102:argument|});
    }
}
