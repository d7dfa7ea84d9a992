using System.Globalization;

namespace TmemCore.Hypercalls;

/// <summary>
/// The memory of one guest, as a port inside the process sees it: which frame numbers (gfn) exist, what is behind each,
/// and whether it may be written. Whatever else a guest names is refused.
/// </summary>
/// <remarks>
/// A guest address is a frame number times 4,096, plus an offset; there is no other translation. A
/// <see cref="HypercallBuffer"/> registered without a frame number therefore has its own address as its guest address, and
/// code that writes <see cref="HypercallBuffer.DangerousAddress"/> into an op speaks to this port as to a hypervisor.
/// Thread-safe; looking up takes no lock and allocates nothing.
/// </remarks>
/// <example>
/// <code>
/// var memory = new GuestMemory();
/// using GuestRegistration frames = memory.Register(firstFrame: 0x100, new byte[16 * 4096], GuestAccess.ReadWrite);
/// if (memory.TryOpen(0x101, GuestAccess.ReadOnly, out GuestPage page))
/// {
///     using (page) { Console.WriteLine(page.Bytes[0]); }
/// }
/// </code>
/// </example>
public sealed class GuestMemory
{
    /// <summary>The size of a frame in bytes.</summary>
    public const int FrameBytes = Native.PageBytes;

    /// <summary>One more than the highest frame number whose address still fits 64 bits.</summary>
    public const ulong FrameEnd = 1UL << 52;

    private readonly Lock _lock = new();
    private GuestRegion[] _regions = [];

    /// <summary>Registers memory under frame numbers. It is pinned until the registration is disposed.</summary>
    /// <param name="firstFrame">The number of the first frame.</param>
    /// <param name="memory">The memory: a multiple of 4,096 bytes, not empty. No alignment is asked for.</param>
    /// <param name="access">Whether a get may write to it.</param>
    /// <returns>The registration; dispose it to take the frames back.</returns>
    /// <exception cref="ArgumentException">The length is not a positive multiple of 4,096, or a frame is registered already.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The last frame would not be below <see cref="FrameEnd"/>.</exception>
    public GuestRegistration Register(ulong firstFrame, Memory<byte> memory, GuestAccess access)
    {
        ThrowIfNotFrames(firstFrame, memory.Length, nameof(memory));
        return Add(new GuestRegion(firstFrame, memory, access));
    }

    /// <summary>Registers a lease under frame numbers. The lease may be disposed; its memory is kept for the registration.</summary>
    /// <param name="firstFrame">The number of the first frame.</param>
    /// <param name="buffer">The lease: a multiple of 4,096 bytes.</param>
    /// <param name="access">Whether a get may write to it.</param>
    /// <returns>The registration; dispose it to take the frames back.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of 4,096, or a frame is registered already.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The last frame would not be below <see cref="FrameEnd"/>.</exception>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public GuestRegistration Register(ulong firstFrame, HypercallBuffer buffer, GuestAccess access)
    {
        ThrowIfNotFrames(firstFrame, buffer.LengthBytes, nameof(buffer));
        return Add(new GuestRegion(firstFrame, buffer, access));
    }

    /// <summary>Registers a lease under the frame numbers its own address implies.</summary>
    /// <param name="buffer">The lease: a multiple of 4,096 bytes.</param>
    /// <param name="access">Whether a get may write to it.</param>
    /// <returns>The registration; dispose it to take the frames back.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of 4,096, or a frame is registered already.</exception>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public GuestRegistration Register(HypercallBuffer buffer, GuestAccess access) =>
        Register((ulong)buffer.DangerousAddress / FrameBytes, buffer, access);

    /// <summary>Opens the page of a frame.</summary>
    /// <param name="frame">The frame number, as a guest gave it: any value at all.</param>
    /// <param name="access">What is to be done with the page.</param>
    /// <param name="page">The page, to be disposed.</param>
    /// <returns>False if the frame is not registered, or not for this access: answer <c>-EFAULT</c>.</returns>
    public bool TryOpen(ulong frame, GuestAccess access, out GuestPage page)
    {
        GuestRegion? region = Find(Volatile.Read(ref _regions), frame);
        if (region is null || (access == GuestAccess.ReadWrite && region.Access == GuestAccess.ReadOnly) || !region.TryEnter())
        {
            page = default;
            return false;
        }

        page = new GuestPage(region, region.Page(frame), access == GuestAccess.ReadWrite);
        return true;
    }

    /// <summary>Copies from guest memory, also across frames.</summary>
    /// <param name="address">The guest address of the first byte: any value at all.</param>
    /// <param name="destination">Where the bytes go. Its content means nothing after a refusal.</param>
    /// <returns>False if a byte of the range is not registered: answer <c>-EFAULT</c>.</returns>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (!IsRange(address, destination.Length))
        {
            return false;
        }

        while (!destination.IsEmpty)
        {
            if (!TryOpen(address / FrameBytes, GuestAccess.ReadOnly, out GuestPage page))
            {
                return false;
            }

            using (page)
            {
                ReadOnlySpan<byte> part = Part(page.Bytes, address, destination.Length);
                part.CopyTo(destination);
                destination = destination[part.Length..];
                address += (ulong)part.Length;
            }
        }

        return true;
    }

    /// <summary>Copies to guest memory, also across frames. Nothing is written unless all of the range can be.</summary>
    /// <param name="address">The guest address of the first byte: any value at all.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>False if a byte of the range is not registered for writing: answer <c>-EFAULT</c>.</returns>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        GuestRegion[] regions = Volatile.Read(ref _regions);
        if (!IsRange(address, source.Length) || !IsWritable(regions, address, source.Length))
        {
            return false;
        }

        while (!source.IsEmpty)
        {
            if (!TryOpen(address / FrameBytes, GuestAccess.ReadWrite, out GuestPage page))
            {
                return false;
            }

            using (page)
            {
                int offset = (int)(address % FrameBytes);
                int length = Math.Min(source.Length, FrameBytes - offset);
                source[..length].CopyTo(page.WritableBytes[offset..]);
                source = source[length..];
                address += (ulong)length;
            }
        }

        return true;
    }

    /// <summary>
    /// Registers the pages that a range lies in for the time of one call, under the frame numbers their own addresses imply.
    /// Whoever calls keeps them where they are.
    /// </summary>
    /// <returns>Null if they are registered anyway.</returns>
    internal GuestRegistration? Lend(nint address, int lengthBytes)
    {
        nint first = address / FrameBytes * FrameBytes;
        ulong count = ((ulong)(address - first) + (ulong)lengthBytes + FrameBytes - 1) / FrameBytes;
        return IsWritable(Volatile.Read(ref _regions), (ulong)first, (int)count * FrameBytes)
            ? null
            : Add(new GuestRegion(first, count));
    }

    internal void Remove(GuestRegion region)
    {
        lock (_lock)
        {
            Volatile.Write(ref _regions, Array.FindAll(_regions, r => !ReferenceEquals(r, region)));
        }

        region.Leave();
    }

    private static GuestRegion? Find(GuestRegion[] regions, ulong frame)
    {
        int low = 0;
        int high = regions.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            GuestRegion region = regions[middle];
            if (frame < region.FirstFrame)
            {
                high = middle - 1;
            }
            else if (frame - region.FirstFrame >= region.FrameCount)
            {
                low = middle + 1;
            }
            else
            {
                return region;
            }
        }

        return null;
    }

    private static bool IsRange(ulong address, int lengthBytes) => address <= ulong.MaxValue - (ulong)lengthBytes;

    private static bool IsWritable(GuestRegion[] regions, ulong address, int lengthBytes)
    {
        ulong end = address + (ulong)lengthBytes;
        while (address < end)
        {
            GuestRegion? region = Find(regions, address / FrameBytes);
            if (region is null || region.Access != GuestAccess.ReadWrite)
            {
                return false;
            }

            // A region can end at the very top of the address space: go on by its last address, not by the one after.
            ulong last = ((region.FirstFrame + region.FrameCount - 1) * FrameBytes) + (FrameBytes - 1);
            if (last >= end - 1)
            {
                return true;
            }

            address = last + 1;
        }

        return true;
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> page, ulong address, int lengthBytes)
    {
        int offset = (int)(address % FrameBytes);
        return page.Slice(offset, Math.Min(lengthBytes, FrameBytes - offset));
    }

    private static void ThrowIfNotFrames(ulong firstFrame, int lengthBytes, string name)
    {
        if (lengthBytes == 0 || lengthBytes % FrameBytes != 0)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"The length is {lengthBytes} bytes; frames need a positive multiple of {FrameBytes}."),
                name);
        }

        ulong count = (ulong)lengthBytes / FrameBytes;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstFrame, FrameEnd - count, nameof(firstFrame));
    }

    private GuestRegistration Add(GuestRegion added)
    {
        lock (_lock)
        {
            foreach (GuestRegion region in _regions)
            {
                bool isApart = added.FirstFrame >= region.FirstFrame
                    ? added.FirstFrame - region.FirstFrame >= region.FrameCount
                    : region.FirstFrame - added.FirstFrame >= added.FrameCount;
                if (!isApart)
                {
                    added.Leave();
                    throw new ArgumentException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"Frames {added.FirstFrame:x} to {added.FirstFrame + added.FrameCount - 1:x} overlap frames {region.FirstFrame:x} "
                            + $"to {region.FirstFrame + region.FrameCount - 1:x}, which are registered already."));
                }
            }

            GuestRegion[] regions = [.. _regions, added];
            Array.Sort(regions, static (a, b) => a.FirstFrame.CompareTo(b.FirstFrame));
            Volatile.Write(ref _regions, regions);
        }

        return new GuestRegistration(this, added);
    }
}
