public static unsafe class Disk
{
    public interface IQueue
    {
        Task<int> ReadAsync([PinnedBuffer(IsWritten = true)] byte* buffer, int length);
    }

    public static Task<int> Read(IQueue queue)
    {
        byte[] sector = new byte[512];
        fixed (byte* pinned = sector)
        {
            return {|TMEM112:queue.ReadAsync(pinned, 512)|};
        }
    }
}
