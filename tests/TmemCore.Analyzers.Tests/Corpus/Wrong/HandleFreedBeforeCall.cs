public static class Sound
{
    [DllImport("snd")]
    private static extern int snd_play(IntPtr samples, int count);

    public static int Play(short[] samples)
    {
        GCHandle handle = GCHandle.Alloc(samples, GCHandleType.Pinned);
        IntPtr address = handle.AddrOfPinnedObject();
        handle.Free();
        return snd_play({|TMEM102:address|}, samples.Length);
    }
}
