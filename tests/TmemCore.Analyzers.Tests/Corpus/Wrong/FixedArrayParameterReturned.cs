public static unsafe class Addresses
{
    public static nint Of(byte[] data)
    {
        fixed (byte* pinned = data)
        {
            return {|TMEM102:(nint)pinned|};
        }
    }
}
