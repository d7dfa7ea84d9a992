using System.Globalization;
using TmemCore.Abi;
using TmemCore.Hypercalls;

namespace TmemCore.Dispatch;

/// <summary>
/// A port to a host in this process: takes the bytes of an op apart, has a <see cref="TmemDispatcher"/> do it for one
/// client, and moves pages between the host and that client's <see cref="GuestMemory"/>.
/// </summary>
/// <remarks>
/// Every byte of an op is taken for hostile. Whatever it holds, the answer is a number, nothing is thrown, and memory that
/// is not registered is neither read nor written. Frames are opened only when a page is about to be copied: a get that
/// finds nothing never looks at its frame. Thread-safe; put, get and flush allocate nothing once the client exists.
/// </remarks>
/// <example>
/// <code>
/// var dispatcher = new TmemDispatcher(host);
/// var memory = new GuestMemory();
/// using GuestRegistration frames = memory.Register(firstFrame: 0x100, new byte[2 * 4096], GuestAccess.ReadWrite);
/// var client = new HypercallClient(new InProcessPort(dispatcher, clientId: 1, memory));
/// long pool = client.NewPool(default, HypercallClient.PersistentPool);
/// long stored = client.Put((int)pool, objectId: 7, index: 0, frame: 0x100);
/// </code>
/// </example>
public sealed partial class InProcessPort : IHypercallPort
{
    private const int PoolIdOffset = sizeof(uint);
    private const int EnvelopeHeadBytes = 2 * sizeof(uint);

    private readonly TmemDispatcher _dispatcher;
    private readonly GuestMemory _memory;
    private readonly TmemAbi _abi;
    private readonly int _clientId;
    private readonly bool _isPrivileged;
    private readonly uint _interfaceVersion;

    /// <summary>Makes a port for one client. Its domain exists from now on; it becomes a client with its first call.</summary>
    /// <param name="dispatcher">The host's face. Its own generation does not matter here.</param>
    /// <param name="clientId">Who calls, 0 to 65,534: never taken from an op.</param>
    /// <param name="memory">The caller's memory.</param>
    /// <param name="options">The form of calls; the defaults when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The client id, the generation, the word size or the interface version is out of its range.</exception>
    public InProcessPort(TmemDispatcher dispatcher, int clientId, GuestMemory memory, InProcessPortOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dispatcher);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfNegative(clientId);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(clientId, TmemDispatcher.AllClients);
        options ??= new InProcessPortOptions();
        _abi = new TmemAbi(options.Generation, options.WordSize);
        _dispatcher = dispatcher.WithGeneration(options.Generation);
        _memory = memory;
        _clientId = clientId;
        _isPrivileged = options.IsPrivileged;
        _interfaceVersion = VersionOf(options);
        dispatcher.AddDomain(clientId);
    }

    /// <summary>The layouts that ops have to have.</summary>
    public TmemAbi Abi => _abi;

    /// <summary>From Xen 4.9 on, shared pools are granted, and pools restored, by control and no longer by commands of a guest.</summary>
    private bool HasGrantsByControl =>
        _abi.Generation == AbiGeneration.V1Sysctl48 && _interfaceVersion >= XenSysctl.InterfaceVersionOf49;

    /// <inheritdoc/>
    public long Call(HypercallNumber number, HypercallArgument argument) => number switch
    {
        HypercallNumber.TmemOp => CallGuest(argument.Bytes),
        HypercallNumber.Sysctl => CallSysctl(argument.Bytes),
        _ => TmemError.NotImplemented,
    };

    private long CallGuest(ReadOnlySpan<byte> op) => op.Length < TmemOp.SizeOf(_abi)
        ? _dispatcher.Refuse(TmemError.Fault)
        : GuestOps.Dispatch(_abi, op, new Guest(this));

    private long CallSysctl(ReadOnlySpan<byte> envelope)
    {
        if (_abi.Generation < AbiGeneration.V1Sysctl46)
        {
            return TmemError.NotImplemented;
        }

        if (!XenSysctl.TryRead(_abi, envelope, out XenSysctl sysctl))
        {
            return TmemError.Fault;
        }

        if (sysctl.InterfaceVersion != _interfaceVersion)
        {
            return TmemError.NoAccess;
        }

        if (!_isPrivileged)
        {
            return TmemError.NotPermitted;
        }

        if (sysctl.Command != XenSysctl.TmemCommand)
        {
            return TmemError.NotImplemented;
        }

        return sysctl.TmemOp.Pad != 0
            ? TmemError.Invalid
            : ControlOps.Dispatch(_abi, envelope[EnvelopeHeadBytes..], new Control(this));
    }

    /// <summary>
    /// The client that a control operation names by its low 16 bits, all ones of which mean all clients. The original took
    /// 0x10001 for client 1; here no client has such a number.
    /// </summary>
    private static int ClientOf(uint named)
    {
        bool isAll = (named & TmemDispatcher.AllClients) == TmemDispatcher.AllClients;
        return isAll ? TmemDispatcher.AllClients : named > TmemDispatcher.AllClients ? -1 : (int)named;
    }

    private static uint VersionOf(InProcessPortOptions options)
    {
        bool isLater = options.Generation == AbiGeneration.V1Sysctl48;
        uint last = isLater ? XenSysctl.InterfaceVersionOf412 : XenSysctl.InterfaceVersionOf48 - 1;
        uint first = isLater ? XenSysctl.InterfaceVersionOf48 : XenSysctl.InterfaceVersionOf46;
        uint version = options.InterfaceVersion;
        bool hasSysctl = options.Generation >= AbiGeneration.V1Sysctl46;
        if (version != 0 && (!hasSysctl || version < first || version > last))
        {
            string right = hasSysctl
                ? string.Create(CultureInfo.InvariantCulture, $"0x{first:X2} to 0x{last:X2}, or 0 for the last")
                : "0, as there is no sysctl";
            throw new ArgumentOutOfRangeException(
                nameof(options),
                version,
                $"{nameof(InProcessPortOptions.InterfaceVersion)} may be {right} in generation {options.Generation}.");
        }

        return version == 0 ? last : version;
    }
}
