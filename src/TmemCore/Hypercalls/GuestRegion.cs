using System.Buffers;

namespace TmemCore.Hypercalls;

/// <summary>
/// One run of registered frames. Counts who looks at it: the registration itself is one, each open page another. The
/// memory is let go when the last of them is done, so that no page vanishes under a copy.
/// </summary>
internal sealed class GuestRegion
{
    private readonly nint _address;
    private readonly LockedBlock? _block;
    private MemoryHandle _pin;
    private int _users = 1;

    public GuestRegion(ulong firstFrame, Memory<byte> memory, GuestAccess access)
    {
        FirstFrame = firstFrame;
        FrameCount = (ulong)memory.Length / Native.PageBytes;
        Access = access;
        _pin = memory.Pin();
        _address = Native.AddressOf(_pin);
    }

    public GuestRegion(ulong firstFrame, HypercallBuffer buffer, GuestAccess access)
    {
        FirstFrame = firstFrame;
        FrameCount = (ulong)buffer.LengthBytes / Native.PageBytes;
        Access = access;
        _block = buffer.Hold();
        _address = _block.Address;
    }

    /// <summary>Memory that somebody else keeps where it is.</summary>
    public GuestRegion(nint address, ulong frameCount)
    {
        FirstFrame = (ulong)address / Native.PageBytes;
        FrameCount = frameCount;
        Access = GuestAccess.ReadWrite;
        _address = address;
    }

    public ulong FirstFrame { get; }

    public ulong FrameCount { get; }

    public GuestAccess Access { get; }

    public bool TryEnter()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _pin.Dispose();
            _block?.Release();
        }
    }

    /// <summary>The page of a frame of this region; only between <see cref="TryEnter"/> and <see cref="Leave"/>.</summary>
    public Span<byte> Page(ulong frame) =>
        Native.AsSpan(_address + (nint)((frame - FirstFrame) * Native.PageBytes), Native.PageBytes);
}
