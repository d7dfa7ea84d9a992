using System.Buffers.Binary;

namespace TmemCore.Hypercalls;

/// <summary>Frames of a domain, mapped into this program.</summary>
internal sealed class FrameMapping : IDisposable
{
    private readonly XenPort _port;
    private readonly nint _address;
    private readonly int _lengthBytes;
    private bool _disposed;

    private FrameMapping(XenPort port, nint address, int lengthBytes)
    {
        _port = port;
        _address = address;
        _lengthBytes = lengthBytes;
    }

    public Span<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return Native.AsSpan(_address, _lengthBytes);
        }
    }

    /// <summary>Maps frames in the order given; all of them or none.</summary>
    /// <returns>0, or the negated error number of the first refusal.</returns>
    public static long TryMap(
        XenPort port, ushort domain, ReadOnlySpan<ulong> frames, bool isWritable, out FrameMapping? mapping)
    {
        mapping = null;
        using HypercallBuffer list = port.Buffers.Rent(frames.Length * sizeof(ulong));
        using HypercallBuffer errors = port.Buffers.Rent(frames.Length * sizeof(int));
        for (int i = 0; i < frames.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(list.Slice(i * sizeof(ulong), sizeof(ulong)), frames[i]);
        }

        int lengthBytes = frames.Length * Native.PageBytes;
        int answer = port.Process.MapDevice(lengthBytes, isWritable, out nint address);
        if (answer != 0)
        {
            return answer;
        }

        long result = port.MapFrames(domain, address, list.DangerousAddress, errors.DangerousAddress, frames.Length);
        for (int i = 0; i < frames.Length && result >= 0; i++)
        {
            result = Math.Min(0, BinaryPrimitives.ReadInt32LittleEndian(errors.Slice(i * sizeof(int), sizeof(int))));
        }

        if (result < 0)
        {
            port.Process.UnmapDevice(address, lengthBytes);
            return result;
        }

        mapping = new FrameMapping(port, address, lengthBytes);
        return 0;
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _port.Process.UnmapDevice(_address, _lengthBytes);
        }
    }
}
