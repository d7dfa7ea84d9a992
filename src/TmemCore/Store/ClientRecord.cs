using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TmemCore.Store;

/// <summary>A client: 768 bytes in the table of clients.</summary>
[StructLayout(LayoutKind.Sequential, Size = Memory.ArenaLayout.ClientRecordBytes)]
internal struct ClientRecord
{
    /// <summary>Pools of one client at most, as in the tmem ABI.</summary>
    public const int PoolSlots = 16;

    /// <summary>Uuids that a client may be authorized for, as in the tmem ABI.</summary>
    public const int AuthorizationSlots = 16;

    /// <summary>The number under which the outer world knows it.</summary>
    public uint Id;
    public uint Generation;
    public ClientFlags Flags;
    public uint Weight;
    public CompressionSetting Compression;

    /// <summary>The neighbours in order of creation.</summary>
    public uint Previous;
    public uint Next;

    /// <summary>Which of <see cref="Authorizations"/> are in use, one bit each.</summary>
    public uint AuthorizationsUsed;

    /// <summary>Those that keep it frozen, whatever its flag says.</summary>
    public uint FreezeHolds;

    /// <summary>What its ephemeral pages may take, 0 for no limit.</summary>
    public long CapBytes;

    public long PersistentBytes;
    public long AllowanceBytes;
    public long ReservationBytes;

    /// <summary>Ephemeral pages, exact, kept in the Xen profile only.</summary>
    public ExactCount EphemeralPages;

    /// <summary>Counts of pools that are gone or belong to another client now.</summary>
    public ulong PastEphemeralHits;
    public ulong PastPersistentPuts;
    public ulong PastPersistentHits;
    public ulong PastEvictions;

    /// <summary>Puts that stored nothing in pools that were its own at that time; threads of several shards count here.</summary>
    public RefusalCounts Refusals;

    /// <summary>Those of them that would have been kept in fewer bytes than a frame, and for which memory was short.</summary>
    public ulong PackedPutsRefused;

    public ChangeLogState Changes;

    /// <summary>Pool numbers plus 1 by pool id; 0 for none.</summary>
    public SlotArray Pools;

    public UuidArray Authorizations;

    [InlineArray(PoolSlots)]
    public struct SlotArray
    {
        private uint _first;
    }

    [InlineArray(AuthorizationSlots)]
    public struct UuidArray
    {
        private PoolUuid _first;
    }
}

[Flags]
internal enum ClientFlags : uint
{
    None = 0,
    InUse = 1,
    Frozen = 2,
    Migrating = 4,

    /// <summary>Frozen before the save began.</summary>
    WasFrozen = 8,
    Compress = 16,

    /// <summary>Shares only pools that it is authorized for.</summary>
    NeedsAuthorization = 32,

    /// <summary>Between the begin and the end of a save.</summary>
    Saving = 64,

    /// <summary>Its ephemeral pages have a limit of their own.</summary>
    Capped = 128,

    /// <summary>Its changes are followed, see <see cref="ClientTracking"/>.</summary>
    Tracked = 256,
}
