using System.Globalization;
using TmemCore.Abi;

namespace TmemCore.Hypercalls;

/// <summary>How a hypervisor wants to be controlled: the form, and for a sysctl the interface version it insists on.</summary>
/// <param name="Form">The way in.</param>
/// <param name="InterfaceVersion">The interface version of the sysctl; zero for <see cref="ControlForm.Hypercall"/>.</param>
public readonly record struct ControlInterface(ControlForm Form, uint InterfaceVersion)
{
    private const uint VersionFirst = XenSysctl.InterfaceVersionOf46;
    private const uint VersionLast = XenSysctl.InterfaceVersionOf412;
    private const int MinorFirst = 6;

    /// <summary>Whose layouts and numbers the operations have.</summary>
    public AbiGeneration Generation => Form switch
    {
        ControlForm.Hypercall => AbiGeneration.V1Hypercall,
        ControlForm.SysctlWithArguments => AbiGeneration.V1Sysctl46,
        _ => AbiGeneration.V1Sysctl48,
    };

    /// <summary>Xen up to 4.5.</summary>
    public static ControlInterface Hypercall => new(ControlForm.Hypercall, 0);

    /// <summary>The sysctl of one interface version.</summary>
    /// <param name="interfaceVersion">0x0C (Xen 4.6) to 0x12 (Xen 4.12).</param>
    /// <returns>The interface.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No hypervisor with tmem had that version.</exception>
    public static ControlInterface Sysctl(uint interfaceVersion)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interfaceVersion, VersionFirst);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(interfaceVersion, VersionLast);
        return new ControlInterface(
            XenSysctl.GenerationOf(interfaceVersion) == AbiGeneration.V1Sysctl46
                ? ControlForm.SysctlWithArguments
                : ControlForm.SysctlWithLength,
            interfaceVersion);
    }

    /// <summary>
    /// Finds out what a port wants, by the one operation that changes nothing: the query for freeable memory. All known
    /// interface versions are tried in turn, the likeliest first.
    /// </summary>
    /// <param name="port">The port.</param>
    /// <param name="version">The hypervisor's version if it is known; it decides only what is tried first.</param>
    /// <returns>The interface that answered.</returns>
    /// <exception cref="HypercallException">None did. The message says which of the possible reasons it was.</exception>
    public static ControlInterface Detect(IHypercallPort port, XenVersion? version = null)
    {
        ArgumentNullException.ThrowIfNull(port);
        long hypercallAnswer = 0;
        long sysctlAnswer = -Errno.EACCES;
        foreach (ControlInterface candidate in Candidates(version))
        {
            long answer = Query(port, candidate);
            if (answer >= 0)
            {
                return candidate;
            }

            if (candidate.Form == ControlForm.Hypercall)
            {
                hypercallAnswer = answer;
            }
            else if (answer == -Errno.ENOSYS)
            {
                // No tmem behind sysctls; up to 4.5 there was one without them.
                sysctlAnswer = answer;
            }
            else if (answer != -Errno.EACCES)
            {
                throw Refused(answer, version);
            }
        }

        throw Refused(hypercallAnswer == -Errno.EOPNOTSUPP ? sysctlAnswer : hypercallAnswer, version);
    }

    /// <summary>The form and the version.</summary>
    /// <returns>For example <c>sysctl, interface version 0x12</c>.</returns>
    public override string ToString() => Form == ControlForm.Hypercall
        ? "hypercall 38"
        : string.Create(CultureInfo.InvariantCulture, $"sysctl, interface version 0x{InterfaceVersion:X2}");

    private static IEnumerable<ControlInterface> Candidates(XenVersion? version)
    {
        bool isOld = version is { } v && v < new XenVersion(4, MinorFirst);
        uint expected = VersionLast;
        if (version is { Major: 4, Minor: >= MinorFirst } known)
        {
            expected = Math.Min(VersionLast, VersionFirst + (uint)(known.Minor - MinorFirst));
        }

        if (isOld)
        {
            yield return Hypercall;
        }

        yield return Sysctl(expected);
        for (uint other = VersionLast; other >= VersionFirst; other--)
        {
            if (other != expected)
            {
                yield return Sysctl(other);
            }
        }

        if (!isOld)
        {
            yield return Hypercall;
        }
    }

    private static long Query(IHypercallPort port, ControlInterface candidate)
    {
        Span<byte> bytes = stackalloc byte[CallBytes.LengthBytesMax];
        var query = new TmemOp.ControlArm { Subop = QueryFreeableOp.Number };
        int lengthBytes = CallBytes.WriteControl(candidate, HypercallControl.NoPool, query, bytes);
        return port.Call(CallBytes.NumberOf(candidate), bytes[..lengthBytes]);
    }

    private static HypercallException Refused(long answer, XenVersion? version)
    {
        string who = version is { } known ? $"Xen {known}" : "The hypervisor";
        return new HypercallException(answer, $"{who} cannot be asked to control tmem", HypercallControl.Explain(answer));
    }
}
