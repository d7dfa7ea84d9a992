public unsafe struct DriverTable
{
    public delegate* unmanaged[Cdecl]<nint, byte*, int, int> Read;
    public delegate* unmanaged[Cdecl]<nint, void> Close;
}

public sealed unsafe class Driver(DriverTable* table, nint device) : IDisposable
{
    public int Read(Span<byte> target)
    {
        fixed (byte* pinned = target)
        {
            return table->Read(device, pinned, target.Length);
        }
    }

    public void Dispose() => table->Close(device);
}
