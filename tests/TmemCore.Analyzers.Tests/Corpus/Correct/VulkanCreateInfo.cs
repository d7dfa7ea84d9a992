public unsafe struct ApplicationInfo
{
    public int Type;
    public void* Next;
    public byte* Name;
}

public unsafe struct InstanceCreateInfo
{
    public int Type;
    public void* Next;
    public ApplicationInfo* Application;
    public uint LayerCount;
    public byte** Layers;
}

public static unsafe class Vulkan
{
    [DllImport("vulkan")]
    private static extern int vkCreateInstance(InstanceCreateInfo* info, void* allocator, nint* instance);

    public static nint Create(ReadOnlySpan<byte> name)
    {
        fixed (byte* pinned = name)
        fixed (byte* layer = "VK_LAYER_KHRONOS_validation\0"u8)
        {
            byte** layers = stackalloc byte*[1];
            layers[0] = layer;
            ApplicationInfo application = new() { Type = 0, Name = pinned };
            InstanceCreateInfo info = new() { Type = 1, Application = &application, LayerCount = 1, Layers = layers };
            nint instance;
            return vkCreateInstance(&info, null, &instance) == 0 ? instance : 0;
        }
    }
}
