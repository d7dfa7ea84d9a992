// Where the stack is, not what is on it.
public sealed unsafe class DepthGuard
{
    private nint _base;

    public void Enter()
    {
        int marker;
        _base = (nint)(&marker);
    }

    public bool IsDeep()
    {
        int marker;
        return _base - (nint)(&marker) > 1 << 19;
    }

    public static nuint Misalignment()
    {
        byte marker;
        return (nuint)(&marker) & 15;
    }
}
