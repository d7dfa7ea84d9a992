// The field is set for the time of the call only.
public sealed unsafe class Decoder
{
    private byte* _input;

    [DllImport("dec")]
    private static extern int dec_step(byte* input);

    public int Decode(byte[] data)
    {
        fixed (byte* pinned = data)
        {
            _input = pinned;
            int steps = Step();
            _input = null;
            return steps;
        }
    }

    private int Step() => dec_step(_input);
}
