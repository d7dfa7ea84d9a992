namespace TmemCore.Hypercalls;

/// <summary>
/// What a hypercall's pointer points at. Made of any span, which a port for a real hypervisor copies to locked memory
/// first, or of a <see cref="HypercallBuffer"/>, which is locked already and is passed as it is.
/// </summary>
public readonly ref struct HypercallArgument
{
    private readonly HypercallBuffer _lease;

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

    internal bool TryGetLease(out HypercallBuffer lease)
    {
        lease = _lease;
        return !lease.IsDefault;
    }
}
