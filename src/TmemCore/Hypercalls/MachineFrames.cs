using System.Globalization;

namespace TmemCore.Hypercalls;

/// <summary>
/// Pages of this program together with the frame numbers by which a Xen hypervisor knows them, for puts and gets. There
/// are two ways to them: <see cref="Allocate"/> asks the hypervisor for fresh frames, <see cref="Translate"/> looks up the
/// frames behind locked memory.
/// </summary>
/// <remarks>Dispose it before its port. A span of a page is good until then. Not to be disposed while another thread uses it.</remarks>
/// <example>
/// <code>
/// using MachineFrames frames = MachineFrames.Translate(port, pageCount: 2);
/// frames.GetPage(0).Fill(42);
/// long result = client.Put(poolId, 7, index: 0, frames.GetFrame(0));
/// </code>
/// </example>
public sealed class MachineFrames : IDisposable
{
    /// <summary>The most pages one instance may have.</summary>
    public const int PageCountMax = 4096;

    private readonly XenPort _port;
    private readonly ulong[] _frames;
    private readonly HypercallBuffer _lease;
    private readonly FrameReservation? _reservation;
    private readonly FrameMapping? _mapping;
    private bool _disposed;

    private MachineFrames(XenPort port, ulong[] frames, HypercallBuffer lease)
    {
        _port = port;
        _frames = frames;
        _lease = lease;
    }

    private MachineFrames(XenPort port, FrameReservation reservation, FrameMapping mapping)
    {
        _port = port;
        _frames = reservation.Frames;
        _reservation = reservation;
        _mapping = mapping;
    }

    /// <summary>How many pages there are.</summary>
    public int PageCount => _frames.Length;

    /// <summary>
    /// The first way: fresh machine frames from the hypervisor, mapped into this program. Paravirtual domains only, and
    /// the domain must be below its maximum of memory. Disposing gives the frames back to the hypervisor.
    /// </summary>
    /// <param name="port">The port to the hypervisor.</param>
    /// <param name="pageCount">How many pages, 1 to <see cref="PageCountMax"/>.</param>
    /// <returns>The pages, their content undefined.</returns>
    /// <exception cref="NotSupportedException">The domain is not paravirtual: use <see cref="Translate"/>.</exception>
    /// <exception cref="HypercallException">The hypervisor refused; nothing stays allocated.</exception>
    /// <exception cref="HypercallBufferException">No memory could be locked for the call; nothing stays allocated.</exception>
    public static MachineFrames Allocate(XenPort port, int pageCount)
    {
        ThrowIfNotCount(port, pageCount);
        if (port.GetDomain().IsTranslated)
        {
            throw new NotSupportedException(
                "In an HVM or PVH domain frames come from the domain's own memory: use MachineFrames.Translate.");
        }

        FrameReservation reservation = FrameReservation.Increase(port, pageCount);
        try
        {
            long result = FrameMapping.TryMap(
                port, PrivcmdBytes.DomainSelf, reservation.Frames, isWritable: true, out FrameMapping? mapping);
            return result == 0
                ? new MachineFrames(port, reservation, mapping!)
                : throw new HypercallException(
                    result, string.Create(CultureInfo.InvariantCulture, $"Mapping {pageCount} fresh machine frames was refused"));
        }
        catch
        {
            reservation.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The second way: locked memory of this program, whose physical frames the kernel tells (root only). In a paravirtual
    /// domain they are then looked up in the hypervisor's machine-to-physical table, which takes time with the size of
    /// the machine; in an HVM or PVH domain they serve as they are.
    /// </summary>
    /// <remarks>
    /// Without the device <c>/dev/xen/hypercall</c> the kernel may move locked memory to other frames while it compacts
    /// memory; where that device is missing, set <c>vm.compact_unevictable_allowed</c> to 0.
    /// </remarks>
    /// <param name="port">The port to the hypervisor.</param>
    /// <param name="pageCount">How many pages, 1 to <see cref="PageCountMax"/>.</param>
    /// <returns>The pages, all zero.</returns>
    /// <exception cref="HypercallException">The kernel or the hypervisor refused; nothing stays locked.</exception>
    /// <exception cref="HypercallBufferException">The memory could not be locked.</exception>
    public static MachineFrames Translate(XenPort port, int pageCount)
    {
        ThrowIfNotCount(port, pageCount);
        HypercallBuffer lease = port.Buffers.Rent(pageCount * Native.PageBytes);
        try
        {
            var frames = new ulong[pageCount];
            int answer = port.Process.ReadPhysicalFrames(lease.DangerousAddress, frames);
            if (answer != 0)
            {
                throw new HypercallException(
                    answer, "The kernel does not tell the physical frames of locked memory", "Reading /proc/self/pagemap takes root (CAP_SYS_ADMIN).");
            }

            if (!port.GetDomain().IsTranslated)
            {
                frames = MachineTable.Search(port, frames, lease);
            }

            return new MachineFrames(port, frames, lease);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>The frame number of a page: what goes into the op.</summary>
    /// <param name="pageIndex">Which page, from 0.</param>
    /// <returns>The frame number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such page.</exception>
    /// <exception cref="ObjectDisposedException">The frames have been given back.</exception>
    public ulong GetFrame(int pageIndex)
    {
        ThrowIfNotPage(pageIndex);
        return _frames[pageIndex];
    }

    /// <summary>The page.</summary>
    /// <param name="pageIndex">Which page, from 0.</param>
    /// <returns>Exactly 4,096 bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such page.</exception>
    /// <exception cref="ObjectDisposedException">The frames have been given back.</exception>
    public Span<byte> GetPage(int pageIndex)
    {
        ThrowIfNotPage(pageIndex);
        Span<byte> all = _mapping is null ? _lease.Span : _mapping.Bytes;
        return all.Slice(pageIndex * Native.PageBytes, Native.PageBytes);
    }

    /// <summary>
    /// Maps every frame once more, by its number, and compares what is there with the page. True says that the numbers are
    /// right; for paravirtual domains, where they could be wrong.
    /// </summary>
    /// <returns>Whether the frame numbers lead to these pages.</returns>
    /// <exception cref="HypercallException">A frame is not this domain's.</exception>
    /// <exception cref="HypercallBufferException">No memory could be locked for the call.</exception>
    /// <exception cref="ObjectDisposedException">The frames have been given back.</exception>
    public bool Verify()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long result = FrameMapping.TryMap(
            _port, PrivcmdBytes.DomainSelf, _frames, isWritable: false, out FrameMapping? again);
        if (result != 0)
        {
            throw new HypercallException(result, "Mapping the frames by their numbers was refused");
        }

        using (again)
        {
            bool isSame = true;
            for (int i = 0; i < PageCount; i++)
            {
                isSame &= again!.Bytes.Slice(i * Native.PageBytes, Native.PageBytes).SequenceEqual(GetPage(i));
            }

            return isSame;
        }
    }

    /// <summary>Gives pages and frames back.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;

        // Unmapped first: the hypervisor does not free a frame that is still mapped.
        _mapping?.Dispose();
        _reservation?.Dispose();
        _lease.Dispose();
    }

    private static void ThrowIfNotCount(XenPort port, int pageCount)
    {
        ArgumentNullException.ThrowIfNull(port);
        ArgumentOutOfRangeException.ThrowIfLessThan(pageCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageCount, PageCountMax);
    }

    private void ThrowIfNotPage(int pageIndex)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(pageIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pageIndex, PageCount);
    }
}
