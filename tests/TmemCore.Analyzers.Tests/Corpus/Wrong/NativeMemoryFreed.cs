public static unsafe class Shm
{
    [DllImport("shm")]
    private static extern void shm_publish(void* data);

    public static void Publish()
    {
        void* block = NativeMemory.AllocZeroed(4096);
        NativeMemory.Free(block);
        shm_publish({|TMEM102:block|});
    }
}
