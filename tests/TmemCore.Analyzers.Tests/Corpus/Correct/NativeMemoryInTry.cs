public static class Ioctl
{
    [DllImport("c")]
    private static extern int ioctl(int fd, uint request, IntPtr argument);

    public static int Size(int fd)
    {
        IntPtr argument = Marshal.AllocHGlobal(8);
        try
        {
            if (ioctl(fd, 0x1260, argument) != 0)
            {
                throw new IOException("ioctl");
            }

            return Marshal.ReadInt32(argument);
        }
        finally
        {
            Marshal.FreeHGlobal(argument);
        }
    }
}
