public sealed unsafe class Encoder
{
    private byte* _target;

    [DllImport("enc")]
    private static extern int enc_step(byte* target);

    public int Encode()
    {
        byte[] data = new byte[100];
        fixed (byte* pinned = data)
        {
            try
            {
                _target = pinned;
                return enc_step(_target);
            }
            finally
            {
                _target = null;
            }
        }
    }
}
