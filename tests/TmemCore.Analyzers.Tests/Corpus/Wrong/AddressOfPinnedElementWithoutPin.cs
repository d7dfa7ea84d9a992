public static class Modem
{
    [DllImport("modem")]
    private static extern int modem_send(IntPtr buffer, int length);

    public static int Hello()
    {
        byte[] command = new byte[] { 0x41, 0x54, 0x0D };
        return modem_send({|TMEM101:Marshal.UnsafeAddrOfPinnedArrayElement(command, 0)|}, command.Length);
    }
}
