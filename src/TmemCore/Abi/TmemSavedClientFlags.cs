using System.Diagnostics.CodeAnalysis;

namespace TmemCore.Abi;

/// <summary>
/// A client's state as SAVE_GET_CLIENT_FLAGS answers it (until Xen 4.7). The bits are not those of <see cref="TmemClientFlags"/>.
/// </summary>
[Flags]
[SuppressMessage("Naming", "CA1711", Justification = "Flags is the ABI's word for it.")]
public enum TmemSavedClientFlags : uint
{
    /// <summary>Nothing set.</summary>
    None = 0,

    /// <summary>Its pages are compressed.</summary>
    Compress = 1,

    /// <summary>It was frozen before the save began.</summary>
    WasFrozen = 2,
}
