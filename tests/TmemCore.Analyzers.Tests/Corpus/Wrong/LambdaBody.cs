public static unsafe class Lambdas
{
    [DllImport("lam")]
    private static extern int lam_call(void* data);

    public static Func<int> Make() => () =>
    {
        string text = "abc";
        return lam_call({|TMEM101:Unsafe.AsPointer(ref Unsafe.AsRef(in text.GetPinnableReference()))|});
    };
}
