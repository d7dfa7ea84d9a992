public static unsafe class Parser
{
    public static int Sum(byte[] data)
    {
        int sum = 0;
        fixed (byte* pinned = data)
        {
            Span<byte> view = new Span<byte>(pinned, data.Length);
            foreach (byte value in view)
            {
                sum += value;
            }
        }

        return sum;
    }
}
