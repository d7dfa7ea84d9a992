public static unsafe class Scratchpad
{
    public static byte* Take()
    {
        byte* pad = stackalloc byte[64];
        pad[0] = 1;
        return {|TMEM102:pad|};
    }
}
