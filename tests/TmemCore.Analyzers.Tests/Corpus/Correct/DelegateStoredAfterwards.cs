public sealed class Timers
{
    private delegate void TimerProcedure(nint window, uint message);

    private readonly List<Delegate> _alive = [];

    [DllImport("tm")]
    private static extern int tm_start(int ms, nint procedure);

    public int Start(int ms, Action<uint> tick)
    {
        TimerProcedure procedure = (_, message) => tick(message);
        int id = tm_start(ms, Marshal.GetFunctionPointerForDelegate(procedure));
        _alive.Add(procedure);
        return id;
    }
}
