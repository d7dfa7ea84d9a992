public unsafe struct CommandTable
{
    public delegate* unmanaged<void*, nuint, int> Submit;
}

public static unsafe class Device
{
    public static int Submit(CommandTable* table)
    {
        uint[] words = new uint[32];
        return table->Submit({|TMEM101:Unsafe.AsPointer(ref words[0])|}, 32);
    }
}
