// Objects of COM live in native memory; the binding is written as extensions of their structures.
public unsafe struct Device
{
    public void** Table;
}

public static unsafe class DeviceExtensions
{
    public static uint AddReference(this ref Device self)
    {
        Device* device = (Device*)Unsafe.AsPointer(ref self);
        return ((delegate* unmanaged[Stdcall]<Device*, uint>)device->Table[1])(device);
    }
}
