public struct SecurityBuffer
{
    public int Count;
    public int Kind;
    public nint Token;
}

public static class Security
{
    [DllImport("sspi")]
    private static extern int EncryptMessage(nint context, int quality, SecurityBuffer[] buffers, int count);

    public static int Encrypt(nint context, byte[][] parts)
    {
        GCHandle[] handles = new GCHandle[parts.Length];
        SecurityBuffer[] buffers = new SecurityBuffer[parts.Length];
        try
        {
            for (int i = 0; i < parts.Length; i++)
            {
                handles[i] = GCHandle.Alloc(parts[i], GCHandleType.Pinned);
                buffers[i].Count = parts[i].Length;
                buffers[i].Token = Marshal.UnsafeAddrOfPinnedArrayElement(parts[i], 0);
            }

            return EncryptMessage(context, 0, buffers, buffers.Length);
        }
        finally
        {
            foreach (GCHandle handle in handles)
            {
                if (handle.IsAllocated)
                {
                    handle.Free();
                }
            }
        }
    }
}
