public unsafe struct Settings
{
    public byte* Name;
}

public static unsafe class Gui
{
    public static void Name(Settings* settings, string name)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(name);
        settings->Name = {|TMEM102:(byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(text.AsSpan()))|};
    }
}
