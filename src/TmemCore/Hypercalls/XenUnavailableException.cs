using System.Globalization;

namespace TmemCore.Hypercalls;

/// <summary>No hypervisor can be reached from here. The message says what is missing and what to do about it.</summary>
public sealed class XenUnavailableException : IOException
{
    internal XenUnavailableException(XenUnavailableReason reason, string message)
        : base(message) => Reason = reason;

    /// <summary>What is missing.</summary>
    public XenUnavailableReason Reason { get; }

    internal static XenUnavailableException CannotOpen(string path, int answer) => -answer switch
    {
        Errno.EPERM or Errno.EACCES => new XenUnavailableException(
            XenUnavailableReason.NoRights,
            $"{path} exists, and this user may not open it ({Errno.Describe(answer)}). Run as root in the control domain "
            + $"(dom0); a locked-down kernel refuses even root."),
        Errno.ENOENT => new XenUnavailableException(
            XenUnavailableReason.NoDevice,
            $"{path} does not exist. On a Xen control domain (dom0) load its module: 'modprobe xen-privcmd'. Anywhere "
            + $"else there is no hypervisor to call."),
        _ => new XenUnavailableException(
            XenUnavailableReason.NoDevice,
            string.Create(CultureInfo.InvariantCulture, $"{path} could not be opened: error {-answer}. Is this kernel running on Xen?")),
    };
}
