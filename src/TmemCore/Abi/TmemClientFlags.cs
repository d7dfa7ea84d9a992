using System.Diagnostics.CodeAnalysis;

namespace TmemCore.Abi;

/// <summary>A client's state in <see cref="XenTmemClient"/>.</summary>
[Flags]
[SuppressMessage("Naming", "CA1711", Justification = "Flags is the ABI's word for it.")]
public enum TmemClientFlags : uint
{
    /// <summary>Nothing set.</summary>
    None = 0,

    /// <summary>Frozen: only replacements are accepted.</summary>
    Frozen = 1,

    /// <summary>Its pages are compressed.</summary>
    Compress = 2,

    /// <summary>It is being saved.</summary>
    Migrating = 4,
}
