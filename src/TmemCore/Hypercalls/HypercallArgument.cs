using TmemCore.Abi;

namespace TmemCore.Hypercalls;

/// <summary>
/// What a hypercall's pointer points at. Made of any span, which a port for a real hypervisor copies to locked memory
/// first; of a <see cref="HypercallBuffer"/>, which is locked already and is passed as it is; or, by
/// <see cref="Dangerous"/>, of a bare address, which is passed as it is and trusted.
/// </summary>
public readonly ref struct HypercallArgument
{
    private readonly HypercallBuffer _lease;
    private readonly nint _address;

    /// <summary>Refers to bytes anywhere in memory.</summary>
    /// <param name="bytes">The op, or the envelope.</param>
    public HypercallArgument(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>Refers to a lease, all of it.</summary>
    /// <param name="lease">The lease that holds the op, or the envelope, from its first byte on.</param>
    /// <exception cref="ObjectDisposedException"><paramref name="lease"/> is disposed.</exception>
    public HypercallArgument(HypercallBuffer lease)
    {
        Bytes = lease.Span;
        _lease = lease;
    }

    private HypercallArgument(nint address, int lengthBytes)
    {
        Bytes = Native.AsSpan(address, lengthBytes);
        _address = address;
    }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Refers to bytes anywhere in memory.</summary>
    /// <param name="bytes">The op, or the envelope.</param>
    public static implicit operator HypercallArgument(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>Refers to bytes anywhere in memory.</summary>
    /// <param name="bytes">The op, or the envelope.</param>
    public static implicit operator HypercallArgument(Span<byte> bytes) => new(bytes);

    /// <summary>Refers to an array, all of it.</summary>
    /// <param name="bytes">The op, or the envelope.</param>
    public static implicit operator HypercallArgument(byte[] bytes) => new(bytes);

    /// <summary>Refers to a lease, all of it.</summary>
    /// <param name="lease">The lease that holds the op, or the envelope.</param>
    public static implicit operator HypercallArgument(HypercallBuffer lease) => new(lease);

    /// <summary>
    /// Refers to memory at an address. It must be pinned until the call has returned, and for a hypervisor it must be locked,
    /// too: nothing here can check that, and a page that is moved or paged out is read, or written, where it no longer is.
    /// </summary>
    /// <param name="address">The address of the op, or the envelope. Must be pinned.</param>
    /// <param name="lengthBytes">How many bytes there are.</param>
    /// <returns>The argument.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is zero, or the length is negative.</exception>
    public static HypercallArgument Dangerous([PinnedBuffer] nint address, int lengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(address);
        ArgumentOutOfRangeException.ThrowIfNegative(lengthBytes);
        return new HypercallArgument(address, lengthBytes);
    }

    internal bool TryGetAddress(out nint address)
    {
        address = _address;
        return address != 0;
    }

    internal bool TryGetLease(out HypercallBuffer lease)
    {
        lease = _lease;
        return !lease.IsDefault;
    }
}
