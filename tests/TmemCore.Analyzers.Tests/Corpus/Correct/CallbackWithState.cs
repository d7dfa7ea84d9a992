public static unsafe class Walk
{
    [DllImport("walk")]
    private static extern int walk_tree(delegate* unmanaged<int, void*, int> visit, void* state);

    public static int Count()
    {
        int count = 0;
        walk_tree(&Visit, &count);
        return count;
    }

    [UnmanagedCallersOnly]
    private static int Visit(int depth, void* state)
    {
        *(int*)state += 1;
        return depth < 8 ? 1 : 0;
    }
}
