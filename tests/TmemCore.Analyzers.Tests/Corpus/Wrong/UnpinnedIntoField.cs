public sealed unsafe class Reader
{
    private nint _address;

    [DllImport("rd")]
    private static extern void rd_start(nint address);

    public void Prepare(int length)
    {
        byte[] buffer = new byte[length];
        _address = {|TMEM102:(nint)Unsafe.AsPointer(ref buffer[0])|};
    }

    public void Start() => rd_start(_address);
}
