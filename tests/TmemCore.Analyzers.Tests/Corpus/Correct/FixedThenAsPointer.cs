// The same array is pinned around the place where its address is taken.
public static unsafe class Midi
{
    [DllImport("midi")]
    private static extern void midi_out(void* data, int length);

    public static void Send(byte[] message)
    {
        fixed (byte* _ = message)
        {
            midi_out(Unsafe.AsPointer(ref message[0]), message.Length);
        }
    }
}
