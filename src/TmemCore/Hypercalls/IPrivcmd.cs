namespace TmemCore.Hypercalls;

/// <summary>
/// The ioctl of the Xen control device, and nothing else: the seam behind which a real hypervisor sits. Everything above
/// it is covered by tests that put a hypervisor of their own here.
/// </summary>
internal interface IPrivcmd
{
    /// <summary>Makes one ioctl.</summary>
    /// <param name="request">Its number, see <see cref="PrivcmdBytes"/>.</param>
    /// <param name="argument">What its pointer points at. The call may write to it.</param>
    /// <returns>The result; a negated error number if it failed.</returns>
    long Ioctl(uint request, Span<byte> argument);
}
