public static unsafe class Names
{
    public static byte* Extension()
    {
        fixed (byte* name = "VK_KHR_surface\0"u8)
        {
            return name;
        }
    }
}
