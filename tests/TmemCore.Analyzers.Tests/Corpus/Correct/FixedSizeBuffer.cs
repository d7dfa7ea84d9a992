public unsafe struct Utsname
{
    public fixed byte Sysname[65];
    public fixed byte Nodename[65];
}

public static unsafe class Host
{
    [DllImport("c")]
    private static extern int uname(Utsname* name);

    public static string Name()
    {
        Utsname name;
        uname(&name);
        return Marshal.PtrToStringUTF8((nint)name.Nodename)!;
    }
}
