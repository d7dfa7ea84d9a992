// The variables are fields of the lambda's object, which moves like any other.
public static unsafe class Metadata
{
    [DllImport("meta")]
    private static extern int meta_fill(nint handle, nint columns);

    public static int Fill(Func<Func<nint, int>, int> run)
    {
        int columns = 0;
        run(handle => meta_fill(handle, {|TMEM101:(nint)Unsafe.AsPointer(ref columns)|}));
        return columns;
    }
}
