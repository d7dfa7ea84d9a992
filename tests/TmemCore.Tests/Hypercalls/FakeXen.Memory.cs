using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

internal sealed partial class FakeXen
{
    /// <summary>The frame numbers of the machine-to-physical table's pieces of 2 MiB.</summary>
    private const ulong TableFrame = 0x80_0000;

    private const int PieceEntries = 262144;
    private const ulong FirstPhysical = 0x4000;
    private const ulong FirstFresh = 0x70_000;

    private readonly Dictionary<nint, (int LengthBytes, bool IsWritable)> _deviceMappings = [];
    private readonly Dictionary<ulong, nint> _pageOfFrame = [];
    private readonly Dictionary<nint, ulong> _physicalOfPage = [];
    private readonly HashSet<ulong> _reserved = [];

    /// <summary>The last machine frame: the table has two pieces.</summary>
    public ulong FrameLast { get; init; } = PieceEntries + 5000;

    /// <summary>How many frames the domain may still be given.</summary>
    public int HeadroomCount { get; set; } = 64;

    /// <summary>Whether another domain has frames of the same physical numbers, found first.</summary>
    public bool HasTwin { get; init; }

    public int ReservedCount => _reserved.Count;

    /// <summary>What asking the kernel for physical frames answers.</summary>
    public int PhysicalAnswer { get; init; }

    public int MapDeviceAnswer { get; init; }

    /// <summary>The error of the last frame of each batch that maps this domain's own; 0 for none.</summary>
    public int FrameError { get; init; }

    public int MapDevice(int lengthBytes, bool isWritable, out nint address)
    {
        address = 0;
        int answer = MapDeviceAnswer != 0 ? MapDeviceAnswer : Native.MapAnonymousPages(lengthBytes, out address);
        if (answer == 0)
        {
            _deviceMappings.Add(address, (lengthBytes, isWritable));
        }

        return answer;
    }

    public int UnmapDevice(nint address, int lengthBytes)
    {
        Assert.True(_deviceMappings.Remove(address, out (int LengthBytes, bool IsWritable) mapping));
        Assert.Equal(mapping.LengthBytes, lengthBytes);
        foreach (ulong frame in _pageOfFrame.Keys.Where(f => Contains(address, lengthBytes, _pageOfFrame[f])).ToArray())
        {
            _pageOfFrame.Remove(frame);
        }

        return Native.Unmap(address, lengthBytes);
    }

    public int ReadPhysicalFrames(nint address, Span<ulong> frames)
    {
        for (int i = 0; i < frames.Length && PhysicalAnswer == 0; i++)
        {
            nint page = address + (i * Native.PageBytes);
            frames[i] = FirstPhysical + (ulong)_physicalOfPage.Count;
            _physicalOfPage[page] = frames[i];
            _pageOfFrame[IsTranslated ? frames[i] : MachineOf(frames[i])] = page;
        }

        return PhysicalAnswer;
    }

    /// <summary>What a hypervisor does that could not be told: frames whose giving back has failed stay the domain's.</summary>
    public void TakeBackReserved() => _reserved.Clear();

    private static bool Contains(nint address, int lengthBytes, nint page) => page >= address && page < address + lengthBytes;

    /// <summary>Anywhere in the second piece of the table, and not in order.</summary>
    private static ulong MachineOf(ulong physical) => PieceEntries + ((physical * 7) % 4999);

    private long MemoryOp(ulong operation, ulong address)
    {
        if (operation == PrivcmdBytes.MaximumRamPage)
        {
            return (long)FrameLast;
        }

        if (operation == PrivcmdBytes.MachineFrameList)
        {
            return ListPieces(address);
        }

        if (!TryGet(address, PrivcmdBytes.ReservationBytes, out Span<byte> argument))
        {
            return -Errno.EFAULT;
        }

        (long list, long count) = PrivcmdBytes.ReadReservation(argument);
        return TryGet((ulong)list, (int)count * sizeof(ulong), out Span<byte> bytes)
            ? Reserve(operation, MemoryMarshal.Cast<byte, ulong>(bytes))
            : -Errno.EFAULT;
    }

    private long Reserve(ulong operation, Span<ulong> frames)
    {
        if (operation == PrivcmdBytes.DecreaseReservation)
        {
            foreach (ulong frame in frames)
            {
                Assert.False(_pageOfFrame.ContainsKey(frame), "A frame that is mapped is not freed.");
                Assert.True(_reserved.Remove(frame));
                HeadroomCount++;
            }

            return frames.Length;
        }

        int given = Math.Min(HeadroomCount, frames.Length);
        for (int i = 0; i < given; i++)
        {
            frames[i] = FirstFresh + (ulong)i;
            Assert.True(_reserved.Add(frames[i]));
        }

        HeadroomCount -= given;
        return given;
    }

    private long ListPieces(ulong address)
    {
        if (!TryGet(address, PrivcmdBytes.FrameListBytes, out Span<byte> argument))
        {
            return -Errno.EFAULT;
        }

        int count = BinaryPrimitives.ReadInt32LittleEndian(argument);
        long list = BinaryPrimitives.ReadInt64LittleEndian(argument[8..]);
        int pieces = (int)Math.Min(count, (long)(FrameLast / PieceEntries) + 1);
        if (!TryGet((ulong)list, count * sizeof(ulong), out Span<byte> frames))
        {
            return -Errno.EFAULT;
        }

        for (int i = 0; i < pieces; i++)
        {
            MemoryMarshal.Cast<byte, ulong>(frames)[i] = TableFrame + ((ulong)i * 512);
        }

        BinaryPrimitives.WriteInt32LittleEndian(argument[16..], pieces);
        return 0;
    }

    private long MapBatch(ReadOnlySpan<byte> argument)
    {
        Assert.Equal(PrivcmdBytes.MapBatchBytes, argument.Length);
        int count = BinaryPrimitives.ReadInt32LittleEndian(argument);
        ushort domain = BinaryPrimitives.ReadUInt16LittleEndian(argument[4..]);
        nint address = (nint)BinaryPrimitives.ReadInt64LittleEndian(argument[8..]);
        if (!TryGet(BinaryPrimitives.ReadUInt64LittleEndian(argument[16..]), count * sizeof(ulong), out Span<byte> frameBytes)
            || !TryGet(BinaryPrimitives.ReadUInt64LittleEndian(argument[24..]), count * sizeof(int), out Span<byte> errorBytes))
        {
            return -Errno.EFAULT;
        }

        (int lengthBytes, bool isWritable) = _deviceMappings[address];
        Assert.Equal(count * Native.PageBytes, lengthBytes);
        Span<ulong> frames = MemoryMarshal.Cast<byte, ulong>(frameBytes);
        Span<int> errors = MemoryMarshal.Cast<byte, int>(errorBytes);
        for (int i = 0; i < count; i++)
        {
            errors[i] = Map(domain, frames[i], address + (i * Native.PageBytes), isWritable);
        }

        if (FrameError != 0 && domain == PrivcmdBytes.DomainSelf)
        {
            errors[count - 1] = FrameError;
        }

        return 0;
    }

    private int Map(ushort domain, ulong frame, nint page, bool isWritable)
    {
        if (domain == PrivcmdBytes.DomainXen)
        {
            return isWritable ? -Errno.EPERM : FillTable(frame, Native.AsSpan(page, Native.PageBytes));
        }

        Assert.Equal(PrivcmdBytes.DomainSelf, domain);
        if (_pageOfFrame.TryGetValue(frame, out nint present))
        {
            Native.AsSpan(present, Native.PageBytes).CopyTo(Native.AsSpan(page, Native.PageBytes));
            return 0;
        }

        if (!_reserved.Contains(frame))
        {
            return -Errno.EINVAL;
        }

        _pageOfFrame[frame] = page;
        return 0;
    }

    private int FillTable(ulong frame, Span<byte> page)
    {
        Span<ulong> entries = MemoryMarshal.Cast<byte, ulong>(page);
        ulong first = (frame - TableFrame) * (ulong)entries.Length;
        entries.Fill(ulong.MaxValue);
        foreach (ulong physical in _physicalOfPage.Values)
        {
            ulong machine = MachineOf(physical);
            if (machine >= first && machine < first + (ulong)entries.Length)
            {
                entries[(int)(machine - first)] = physical;
            }

            if (HasTwin && physical >= first && physical < first + (ulong)entries.Length)
            {
                entries[(int)(physical - first)] = physical;
            }
        }

        return 0;
    }
}
