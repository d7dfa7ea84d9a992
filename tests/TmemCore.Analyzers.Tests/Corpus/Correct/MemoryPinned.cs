public static unsafe class Nic
{
    [DllImport("nic")]
    private static extern int nic_send(void* packet, int length);

    public static int Send(ReadOnlyMemory<byte> packet)
    {
        using MemoryHandle handle = packet.Pin();
        return nic_send(handle.Pointer, packet.Length);
    }
}
