public static class Listing
{
    public static ListOp Describe(HypercallBuffer text) =>
        new() { ClientId = 0xFFFF, BufferBytes = (uint)text.LengthBytes, Buffer = (ulong)text.DangerousAddress };

    public static ListOp Move(ListOp op, ulong guestAddress) => op with { Buffer = guestAddress + 4096 };
}
