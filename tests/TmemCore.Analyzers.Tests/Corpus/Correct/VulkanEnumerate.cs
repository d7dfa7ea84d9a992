public static unsafe class Devices
{
    [DllImport("vulkan")]
    private static extern int vkEnumeratePhysicalDevices(nint instance, uint* count, nint* devices);

    public static nint[] All(nint instance)
    {
        uint count = 0;
        vkEnumeratePhysicalDevices(instance, &count, null);
        if (count == 0)
        {
            return [];
        }

        nint[] devices = new nint[count];
        fixed (nint* pinned = devices)
        {
            vkEnumeratePhysicalDevices(instance, &count, pinned);
        }

        return devices;
    }
}
