public static unsafe class Copier
{
    public static void Copy(int[] source, Span<int> target)
    {
        Span<int> all;
        fixed (int* pinned = source)
        {
            all = new Span<int>(pinned, source.Length);
        }

        {|TMEM104:all|}.CopyTo(target);
    }
}
