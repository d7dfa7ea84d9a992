public sealed unsafe class Arena : IDisposable
{
    private byte* _start;

    [DllImport("arena")]
    private static extern void arena_register(void* start, nuint length);

    public Arena(nuint length)
    {
        _start = (byte*)NativeMemory.AlignedAlloc(length, 4096);
        arena_register(_start, length);
    }

    public void Dispose()
    {
        if (_start != null)
        {
            NativeMemory.AlignedFree(_start);
            _start = null;
        }
    }
}
