public static unsafe class Jobs
{
    [DllImport("jobs")]
    private static extern void job_run(nint data);

    public static Task Run(int[] input)
    {
        fixed (int* pinned = input)
        {
            nint address = (nint)pinned;
            return Task.Run(() => job_run({|TMEM102:address|}));
        }
    }
}
