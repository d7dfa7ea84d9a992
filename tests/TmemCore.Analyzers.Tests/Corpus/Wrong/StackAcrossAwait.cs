public static class Waiter
{
    [DllImport("waiter")]
    private static extern void waiter_arm(nint flag);

    public static async Task<int> WaitAsync()
    {
        nint flag;
        unsafe
        {
            int* cell = stackalloc int[1];
            flag = (nint)cell;
        }

        await Task.Yield();
        waiter_arm({|TMEM102:flag|});
        return 1;
    }
}
