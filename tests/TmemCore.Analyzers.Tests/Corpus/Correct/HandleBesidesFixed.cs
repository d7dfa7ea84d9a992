// The handle pins for as long as the object lives; fixed only gives the address.
public sealed unsafe class Picture : IDisposable
{
    private readonly uint* _pixels;
    private GCHandle _handle;

    [DllImport("pic")]
    private static extern void pic_show(uint* pixels, int width, int height);

    public Picture(int width, int height)
    {
        uint[] pixels = new uint[width * height];
        _handle = GCHandle.Alloc(pixels, GCHandleType.Pinned);
        fixed (uint* first = pixels)
        {
            _pixels = first;
        }

        pic_show(_pixels, width, height);
    }

    public void Dispose() => _handle.Free();
}
