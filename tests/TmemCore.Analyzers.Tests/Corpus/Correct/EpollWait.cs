public struct EpollEvent
{
    public uint Events;
    public long Data;
}

public static unsafe class Epoll
{
    [DllImport("c", SetLastError = true)]
    private static extern int epoll_wait(int fd, EpollEvent* events, int count, int timeout);

    [DllImport("c", SetLastError = true)]
    private static extern int epoll_ctl(int fd, int op, int target, ref EpollEvent value);

    public static int Wait(int fd, Span<EpollEvent> events)
    {
        EpollEvent one = new() { Events = 1, Data = fd };
        if (epoll_ctl(fd, 1, fd, ref one) < 0)
        {
            return -1;
        }

        fixed (EpollEvent* pinned = events)
        {
            int count;
            do
            {
                count = epoll_wait(fd, pinned, events.Length, -1);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == 4);
            return count;
        }
    }
}
