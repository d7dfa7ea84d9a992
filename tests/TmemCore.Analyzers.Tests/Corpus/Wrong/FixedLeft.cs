public static unsafe class Usb
{
    [DllImport("usb")]
    private static extern int usb_bulk(int handle, byte* data, int length);

    public static int Write(int handle)
    {
        byte[] packet = new byte[64];
        byte* data;
        fixed (byte* pinned = packet)
        {
            data = pinned;
        }

        return usb_bulk(handle, {|TMEM102:data|}, packet.Length);
    }
}
