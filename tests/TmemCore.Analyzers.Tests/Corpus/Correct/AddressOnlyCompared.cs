// An address that never leaves managed code may be of anything.
public static unsafe class Alignment
{
    public static bool IsAligned(ReadOnlySpan<byte> data) =>
        ((nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(data)) & 63) == 0;

    public static nint Distance(Span<int> left, Span<int> right) =>
        Unsafe.ByteOffset(ref MemoryMarshal.GetReference(left), ref MemoryMarshal.GetReference(right));
}
