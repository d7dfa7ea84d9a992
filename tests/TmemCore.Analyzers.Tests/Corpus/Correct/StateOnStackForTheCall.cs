public sealed unsafe class Connection
{
    private int* _status;

    [DllImport("ses")]
    private static extern void ses_run();

    public int Run()
    {
        int status = 0;
        _status = &status;
        try
        {
            Poll();
        }
        finally
        {
            _status = null;
        }

        return status;
    }

    private void Poll()
    {
        ses_run();
        *_status = 1;
    }
}
