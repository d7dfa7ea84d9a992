namespace TmemCore.Hypercalls;

/// <summary>Why no hypervisor can be reached.</summary>
public enum XenUnavailableReason
{
    /// <summary>There is no control device: no Xen, not a control domain, or its kernel module is not loaded.</summary>
    NoDevice,

    /// <summary>There is a control device, and this user may not open it.</summary>
    NoRights,

    /// <summary>The device is there and does not answer as one of Xen's.</summary>
    NoHypervisor,
}
