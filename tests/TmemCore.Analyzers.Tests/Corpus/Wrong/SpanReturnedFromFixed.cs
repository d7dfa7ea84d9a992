public static unsafe class Views
{
    public static Span<byte> Of()
    {
        byte[] data = new byte[32];
        fixed (byte* pinned = data)
        {
            return {|TMEM104:new Span<byte>(pinned, 32)|};
        }
    }
}
