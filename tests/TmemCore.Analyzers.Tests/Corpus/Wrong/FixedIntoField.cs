public sealed unsafe class Decoder
{
    private byte* _input;
    private readonly byte[] _buffer = new byte[4096];

    [DllImport("dec")]
    private static extern int dec_step(byte* input);

    public void Begin()
    {
        fixed (byte* pinned = _buffer)
        {
            _input = {|TMEM102:pinned|};
        }
    }

    public int Step() => dec_step(_input);
}
