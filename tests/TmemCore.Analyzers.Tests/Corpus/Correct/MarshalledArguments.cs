// The marshaller pins arrays, references and strings for the time of the call.
public static partial class Marshalled
{
    [DllImport("c", SetLastError = true)]
    private static extern nint read(int fd, byte[] buffer, nuint length);

    [DllImport("c")]
    private static extern nint write(int fd, in byte buffer, nuint length);

    [DllImport("c", CharSet = CharSet.Ansi)]
    private static extern int open(string path, int flags);

    [LibraryImport("c")]
    private static partial int ftruncate(int fd, long length);

    private static partial int ftruncate(int fd, long length) => 0;

    public static nint Copy(string path, byte[] buffer)
    {
        int fd = open(path, 0);
        nint count = read(fd, buffer, (nuint)buffer.Length);
        return count > 0 && ftruncate(fd, buffer.LongLength) == 0 ? write(1, in buffer[0], (nuint)count) : count;
    }
}
