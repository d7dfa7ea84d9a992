// A number that native code hands back, never an address to write to.
public sealed class Window
{
    [DllImport("win")]
    private static extern void win_set_user(nint window, nint user);

    public static void Attach(nint window, object state)
    {
        GCHandle handle = GCHandle.Alloc(state);
        win_set_user(window, GCHandle.ToIntPtr(handle));
    }

    public static object? Detach(nint user)
    {
        GCHandle handle = GCHandle.FromIntPtr(user);
        object? state = handle.Target;
        handle.Free();
        return state;
    }
}
