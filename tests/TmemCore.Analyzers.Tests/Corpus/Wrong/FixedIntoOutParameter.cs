public static unsafe class Locator
{
    public static bool TryLocate(int size, out nint address)
    {
        int[] table = new int[size];
        fixed (int* pinned = table)
        {
            address = {|TMEM102:(nint)pinned|};
        }

        return size > 0;
    }
}
