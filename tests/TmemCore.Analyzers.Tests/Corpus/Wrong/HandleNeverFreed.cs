public static class Plot
{
    [DllImport("plot")]
    private static extern void plot_points(nint points, int count);

    public static void Draw(double[] points)
    {
        var handle = {|TMEM105:GCHandle.Alloc(points, GCHandleType.Pinned)|};
        plot_points(handle.AddrOfPinnedObject(), points.Length);
    }
}
