public static unsafe class Nic
{
    [DllImport("nic")]
    private static extern int nic_send(void* packet, int length);

    public static int Send(Memory<byte> packet)
    {
        void* address;
        using (MemoryHandle handle = packet.Pin())
        {
            address = handle.Pointer;
        }

        return nic_send({|TMEM102:address|}, packet.Length);
    }
}
