public sealed class Request
{
    [PinnedBuffer]
    public nint Data { get; set; }
}

public static unsafe class Requests
{
    public static Request Make()
    {
        byte[] data = GC.AllocateUninitializedArray<byte>(256);
        return new Request { Data = {|TMEM101:(nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(data))|} };
    }
}
