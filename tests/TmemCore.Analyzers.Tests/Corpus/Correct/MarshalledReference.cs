public struct Flock
{
    public short Type;
    public short Whence;
    public long Start;
    public long Length;
}

public sealed class FileLock
{
    private Flock _lock;

    [DllImport("c")]
    private static extern int fcntl(int fd, int command, ref Flock argument);

    public bool TryLock(int fd)
    {
        _lock.Type = 1;
        return fcntl(fd, 6, ref _lock) == 0;
    }
}
