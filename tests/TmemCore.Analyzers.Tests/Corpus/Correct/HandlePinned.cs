public static class Sound
{
    [DllImport("snd")]
    private static extern int snd_play(IntPtr samples, int count);

    public static int Play(short[] samples)
    {
        GCHandle handle = GCHandle.Alloc(samples, GCHandleType.Pinned);
        try
        {
            return snd_play(handle.AddrOfPinnedObject(), samples.Length);
        }
        finally
        {
            handle.Free();
        }
    }
}
