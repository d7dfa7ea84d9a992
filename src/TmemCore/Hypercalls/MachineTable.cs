using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TmemCore.Hypercalls;

/// <summary>
/// The hypervisor's machine-to-physical table: for every machine frame, which frame its owner takes it for. Read backwards
/// here, because user space has no table for the other direction.
/// </summary>
internal static class MachineTable
{
    /// <summary>The hypervisor hands the table out in pieces of 2 MiB.</summary>
    private const int PieceBytes = 2 << 20;

    private const int PieceFrames = PieceBytes / Native.PageBytes;
    private const int PieceEntries = PieceBytes / sizeof(ulong);

    /// <summary>The most pieces asked for: 65,536 of them describe 64 TiB.</summary>
    private const long PieceCountMax = 1 << 16;

    /// <summary>Finds the machine frames of pages whose physical frames are known.</summary>
    /// <param name="port">The port to the hypervisor.</param>
    /// <param name="physicalFrames">The physical frame of each page.</param>
    /// <param name="pages">The pages; zero when called and when it returns.</param>
    public static ulong[] Search(XenPort port, ulong[] physicalFrames, HypercallBuffer pages)
    {
        var candidates = new Dictionary<ulong, List<ulong>>(physicalFrames.Length);
        foreach (ulong frame in physicalFrames)
        {
            candidates[frame] = [];
        }

        ulong[] pieces = ListPieces(port);
        for (int piece = 0; piece < pieces.Length; piece++)
        {
            Scan(port, pieces[piece], (ulong)piece * PieceEntries, candidates);
        }

        var result = new ulong[physicalFrames.Length];
        for (int i = 0; i < result.Length; i++)
        {
            List<ulong> found = candidates[physicalFrames[i]];
            result[i] = found.Count == 1
                ? found[0]
                : Choose(port, physicalFrames[i], found, pages.Slice(i * Native.PageBytes, Native.PageBytes));
        }

        return result;
    }

    private static ulong[] ListPieces(XenPort port)
    {
        long last = port.Hypercall(PrivcmdBytes.MemoryOp, PrivcmdBytes.MaximumRamPage, 0);
        if (last < 0)
        {
            throw new HypercallException(last, "The hypervisor does not tell its last machine frame");
        }

        int count = (int)Math.Min(PieceCountMax, (last / PieceEntries) + 1);
        using HypercallBuffer list = port.Buffers.Rent(count * sizeof(ulong));
        using HypercallBuffer argument = port.Buffers.Rent(PrivcmdBytes.FrameListBytes);
        PrivcmdBytes.WriteFrameList(argument.Span, list.DangerousAddress, count);
        long result = port.Hypercall(
            PrivcmdBytes.MemoryOp, PrivcmdBytes.MachineFrameList, (ulong)argument.DangerousAddress);
        if (result < 0)
        {
            throw new HypercallException(result, "The hypervisor does not tell where its machine-to-physical table is");
        }

        var pieces = new ulong[Math.Clamp(PrivcmdBytes.ReadFrameListCount(argument.Span), 0, count)];
        for (int i = 0; i < pieces.Length; i++)
        {
            pieces[i] = BinaryPrimitives.ReadUInt64LittleEndian(list.Slice(i * sizeof(ulong), sizeof(ulong)));
        }

        return pieces;
    }

    private static void Scan(XenPort port, ulong firstFrame, ulong firstEntry, Dictionary<ulong, List<ulong>> candidates)
    {
        Span<ulong> frames = stackalloc ulong[PieceFrames];
        for (int i = 0; i < PieceFrames; i++)
        {
            frames[i] = firstFrame + (ulong)i;
        }

        long result = FrameMapping.TryMap(port, PrivcmdBytes.DomainXen, frames, isWritable: false, out FrameMapping? mapping);
        if (result != 0)
        {
            throw new HypercallException(result, "Mapping the hypervisor's machine-to-physical table was refused");
        }

        using (mapping)
        {
            ReadOnlySpan<ulong> entries = MemoryMarshal.Cast<byte, ulong>(mapping!.Bytes);
            for (int i = 0; i < entries.Length; i++)
            {
                if (candidates.TryGetValue(entries[i], out List<ulong>? found))
                {
                    found.Add(firstEntry + (ulong)i);
                }
            }
        }
    }

    /// <summary>
    /// Several domains may have a frame of the same number. Only the right one can be mapped as this domain's own and
    /// shows what is written to the page.
    /// </summary>
    private static ulong Choose(XenPort port, ulong physicalFrame, List<ulong> candidates, Span<byte> page)
    {
        ulong mark = (ulong)Random.Shared.NextInt64() | 1;
        BinaryPrimitives.WriteUInt64LittleEndian(page, mark);
        try
        {
            foreach (ulong candidate in candidates)
            {
                long result = FrameMapping.TryMap(
                    port, PrivcmdBytes.DomainSelf, [candidate], isWritable: false, out FrameMapping? mapping);
                using (mapping)
                {
                    if (result == 0 && BinaryPrimitives.ReadUInt64LittleEndian(mapping!.Bytes) == mark)
                    {
                        return candidate;
                    }
                }
            }
        }
        finally
        {
            page[..sizeof(ulong)].Clear();
        }

        throw new HypercallException(
            -Errno.EFAULT,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Physical frame 0x{physicalFrame:x} was not found in the machine-to-physical table ({candidates.Count} candidates)"));
    }
}
