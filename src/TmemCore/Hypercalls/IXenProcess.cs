namespace TmemCore.Hypercalls;

/// <summary>
/// What machine frames need of the kernel besides the ioctl: address space that the device fills, and the physical frame
/// behind a page. Each call answers 0 or a negated error number.
/// </summary>
internal interface IXenProcess
{
    /// <summary>Address space of the device file, to be filled with frames.</summary>
    int MapDevice(int lengthBytes, bool isWritable, out nint address);

    int UnmapDevice(nint address, int lengthBytes);

    /// <summary>The physical frame (in a paravirtual guest: the pseudo-physical one) behind each page of a range.</summary>
    int ReadPhysicalFrames(nint address, Span<ulong> frames);
}
