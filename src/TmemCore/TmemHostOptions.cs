using System.Globalization;
using System.Numerics;
using TmemCore.Memory;
using TmemCore.Store;

namespace TmemCore;

/// <summary>What a <see cref="TmemHost"/> is made of. Checked once, when the host is made; all sizes are in bytes.</summary>
public sealed record TmemHostOptions
{
    /// <summary>The smallest capacity: 1 MiB.</summary>
    public const long MinimumCapacityBytes = 1L << 20;

    /// <summary>Clients at most, as in the tmem ABI, where 65,535 stands for all of them.</summary>
    public const int MaximumClients = 65_535;

    private const int FramesPerShard = 4096;
    private const int ShardsPerProcessor = 8;
    private const int MostShards = 1 << 12;
    private const int XenSharedPools = 16;
    private const double LeastProcessorShare = 0.001;

    /// <summary>
    /// The most memory that the host may hold, data and metadata together: a hard limit, at least
    /// <see cref="MinimumCapacityBytes"/>. 64 MiB by default. More than the machine or its control group has is refused.
    /// </summary>
    public long CapacityBytes { get; init; } = 64L << 20;

    /// <summary>
    /// How far <see cref="TmemHost.SetCapacity"/> may raise the limit later: only addresses are reserved for it. 0, the
    /// default, stands for <see cref="CapacityBytes"/>.
    /// </summary>
    public long MaximumCapacityBytes { get; init; }

    /// <summary>The set of rules to follow.</summary>
    public TmemProfile Profile { get; init; }

    /// <summary>Where the memory comes from.</summary>
    public BackingMemory Backing { get; init; }

    /// <summary>Whether to ask for huge pages; the system may not have them. On by default.</summary>
    public bool HugePages { get; init; } = true;

    /// <summary>Whether to lock the memory, so that the system cannot swap the store out. Needs a sufficient limit of locked memory.</summary>
    public bool LockMemory { get; init; }

    /// <summary>
    /// Parts with a lock of their own, a power of two up to 4,096. 0, the default, chooses by capacity and processors; one
    /// in the Xen profile.
    /// </summary>
    public int Shards { get; init; }

    /// <summary>Clients at most, 1 to <see cref="MaximumClients"/>.</summary>
    public int MaxClients { get; init; } = MaximumClients;

    /// <summary>Pools of one client at most, 1 to 16, as in the tmem ABI.</summary>
    public int MaxPoolsPerClient { get; init; } = ClientRecord.PoolSlots;

    /// <summary>Shared pools at most, 1 to 65,536. 0, the default, stands for 65,536, and for 16 in the Xen profile.</summary>
    public int MaxSharedPools { get; init; }

    /// <summary>
    /// Whether a client needs a grant before it shares a pool: on by default, since whoever knows a uuid could read what
    /// others store under it.
    /// </summary>
    public bool RequireSharedAuthorization { get; init; } = true;

    /// <summary>
    /// Which page of a pool goes when memory is short. Null, the default, stands for <see cref="EvictionPolicy.S3FifoWithHistory"/>, and
    /// for <see cref="EvictionPolicy.LeastRecentlyUsed"/> in the Xen profile, which has no other.
    /// </summary>
    public EvictionPolicy? Eviction { get; init; }

    /// <summary>
    /// How the pages of clients that compress are made smaller, unless a client or a pool says otherwise:
    /// <see cref="PageCompression.Lz4"/> by default. Whether a client compresses at all is its own setting, see
    /// <see cref="CompressByDefault"/>.
    /// </summary>
    public PageCompression Compression { get; init; } = PageCompression.Lz4;

    /// <summary>Whether clients begin with the setting to compress their pages, by <see cref="Compression"/>.</summary>
    public bool CompressByDefault { get; init; }

    /// <summary>
    /// What recompresses pages that stay cold, in the background: <see cref="PageCompression.Zstandard"/>, or
    /// <see cref="PageCompression.None"/>, the default, for nothing. It concerns pages that <see cref="PageCompression.Lz4"/> has packed,
    /// where an eighth of what they take can be saved; a page that is read later stays as it is, at the cost of the denser codec. The
    /// profile <see cref="TmemProfile.Xen"/> has no such thing.
    /// </summary>
    /// <example><code>
    /// using var host = new TmemHost(new()
    /// {
    ///     CompressByDefault = true,
    ///     ColdCompression = PageCompression.Zstandard,
    ///     ColdAfter = TimeSpan.FromMinutes(5),
    ///     ColdProcessorShare = 0.02,
    /// });
    /// </code></example>
    public PageCompression ColdCompression { get; init; }

    /// <summary>
    /// How long a page is neither read nor put before it counts as cold; up to twice as long passes, and the time of a walk over all pages.
    /// A minute by default, a millisecond to a day.
    /// </summary>
    public TimeSpan ColdAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The part of one processor that <see cref="ColdCompression"/> may take: 0.001 to 1; a twentieth, 0.05, by default.</summary>
    public double ColdProcessorShare { get; init; } = 0.05;

    /// <summary>
    /// Follows the memory that lies fallow in the machine: the host may hold <see cref="CapacityBytes"/> as long as nobody else wants them, and gives
    /// memory back, evicting ephemeral pages, before others are short of it. Persistent pages are never given up, and what is reserved for such stays
    /// reserved. Null, the default, for a host that keeps to its capacity alone. The machine is read on Linux only, and the profile
    /// <see cref="TmemProfile.Xen"/> has no such thing.
    /// </summary>
    /// <example><code>using var host = new TmemHost(new() { CapacityBytes = 8L &lt;&lt; 30, Governor = new() });</code></example>
    public FallowMemoryOptions? Governor { get; init; }

    /// <summary>
    /// The host's name in metrics (the attribute <c>tmem.host.name</c>), not empty; a number is put behind it if another living host has it. Null,
    /// the default, stands for the lowest number from 1 on that is free.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// Whether there are metrics of each client, too, told apart by the attribute <c>tmem.client.id</c>: several time series for each. Off by
    /// default.
    /// </summary>
    public bool ClientMetrics { get; init; }

    /// <summary>
    /// Whether one operation in 1,024, at random, is timed for <see cref="Statistics.HostStatistics.Latency"/>. On by default: the others pay next to
    /// nothing for it.
    /// </summary>
    public bool MeasureLatency { get; init; } = true;

    /// <summary>
    /// In the Xen profile, how many frames may hold data, reserve included, metadata not counted; 0, the default, lets
    /// bytes decide. For comparing with the original, frame by frame.
    /// </summary>
    public long DataFrameLimit { get; init; }

    /// <summary>
    /// In the Xen profile, whether weights act as the original's do, whose test is the wrong way round: a client below its share gives up its own
    /// oldest page, one above it takes the oldest of all. For comparing with the original; off by default.
    /// </summary>
    public bool ReversedWeights { get; init; }

    /// <summary>A fixed key for the hash of handles, so that runs can be repeated. Null, the default, draws a secret one.</summary>
    public ulong? HashSeed { get; init; }

    /// <summary>Asked before each allocation inside the arena; true makes it fail.</summary>
    internal Func<bool>? FailAllocation { get; init; }

    internal uint EffectiveWeight => Profile == TmemProfile.Xen ? 0u : TmemClientOptions.DefaultWeight;

    internal EvictionPolicy EffectiveEviction =>
        Eviction ?? (Profile == TmemProfile.Xen ? EvictionPolicy.LeastRecentlyUsed : EvictionPolicy.S3FifoWithHistory);

    /// <summary>
    /// Slots for what has left lately, for each frame; 4 bytes each. One is enough where pages are kept whole; of short entries several fit a frame, and what has left
    /// is forgotten early when there are fewer slots than entries.
    /// </summary>
    internal int GhostsPerFrame { get; init; } = 1;

    /// <summary>The time of <see cref="ColdAfter"/>, for tests: whoever gives it does the worker's steps, too, and there is no thread.</summary>
    internal TimeProvider? ColdClock { get; init; }

    /// <summary>The time of <see cref="Governor"/>, for tests: whoever gives it does the governor's steps, too, and there is no thread.</summary>
    internal TimeProvider? GovernorClock { get; init; }

    /// <summary>What <see cref="Governor"/> reads; this machine when null.</summary>
    internal IMachineReader? Machine { get; init; }

    /// <summary>Huge pages that are locked are not taken apart by the system, so that a governor could give back whole ones only.</summary>
    internal bool UsesHugePages => HugePages && (IsTakenOver || !(LockMemory && Governor is not null));

    /// <summary>Whether the memory is another process's, and laid out as it had it.</summary>
    internal bool IsTakenOver { get; init; }

    internal long ReachBytes => Math.Max(MaximumCapacityBytes, CapacityBytes);

    internal int EffectiveSharedPools => MaxSharedPools != 0 ? MaxSharedPools : Profile == TmemProfile.Xen ? XenSharedPools : 1 << 16;

    internal int EffectiveShards
    {
        get
        {
            if (Shards != 0 || Profile == TmemProfile.Xen)
            {
                return Math.Max(Shards, 1);
            }

            long byCapacity = ReachBytes / ArenaLayout.PageBytes / FramesPerShard;
            long byProcessors = Math.Max((long)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount) * ShardsPerProcessor, 64);
            return 1 << BitOperations.Log2((ulong)Math.Clamp(byCapacity, 1, Math.Min(byProcessors, MostShards)));
        }
    }

    /// <summary>Throws when an option is out of its range, or the machine cannot hold the capacity.</summary>
    internal void Validate()
    {
        ValidateShape();
        RequireMachine(CapacityBytes);
    }

    /// <summary>Throws when an option is out of its range.</summary>
    internal void ValidateShape()
    {
        RequireRange(CapacityBytes, MinimumCapacityBytes, (long)uint.MaxValue * ArenaLayout.PageBytes, nameof(CapacityBytes));
        RequireRange(MaximumCapacityBytes, 0, (long)uint.MaxValue * ArenaLayout.PageBytes, nameof(MaximumCapacityBytes));
        if (MaximumCapacityBytes != 0 && MaximumCapacityBytes < CapacityBytes)
        {
            throw Invalid(nameof(MaximumCapacityBytes), MaximumCapacityBytes, $"0 or at least {nameof(CapacityBytes)}, {CapacityBytes}");
        }

        if (Name is { Length: 0 })
        {
            throw Invalid(nameof(Name), "\"\"", "null or a name that is not empty");
        }

        RequireRange(Shards, 0, MostShards, nameof(Shards));
        if (Shards != 0 && !BitOperations.IsPow2(Shards))
        {
            throw Invalid(nameof(Shards), Shards, "0 or a power of two");
        }

        RequireRange(MaxClients, 1, MaximumClients, nameof(MaxClients));
        RequireRange(MaxPoolsPerClient, 1, ClientRecord.PoolSlots, nameof(MaxPoolsPerClient));
        RequireRange(MaxSharedPools, 0, 1 << 16, nameof(MaxSharedPools));
        RequireRange(DataFrameLimit, 0, uint.MaxValue, nameof(DataFrameLimit));
        if (DataFrameLimit != 0 && Profile != TmemProfile.Xen)
        {
            throw Invalid(nameof(DataFrameLimit), DataFrameLimit, $"0, except in the profile {TmemProfile.Xen}");
        }

        if (ReversedWeights && Profile != TmemProfile.Xen)
        {
            throw Invalid(nameof(ReversedWeights), "True", $"False, except in the profile {TmemProfile.Xen}");
        }

        RequireDefined(Enum.IsDefined(Profile), nameof(Profile), (int)Profile);
        RequireDefined(Enum.IsDefined(Backing), nameof(Backing), (int)Backing);
        RequireDefined(Eviction is null || Enum.IsDefined(Eviction.Value), nameof(Eviction), (int)(Eviction ?? 0));
        if (Profile == TmemProfile.Xen && EffectiveEviction != EvictionPolicy.LeastRecentlyUsed)
        {
            throw Invalid(nameof(Eviction), (int)EffectiveEviction, $"null or {nameof(EvictionPolicy.LeastRecentlyUsed)} in the profile {TmemProfile.Xen}");
        }

        RequireDefined(Enum.IsDefined(Compression), nameof(Compression), (int)Compression);
        RequireCold();
        RequireGovernor();
    }

    /// <summary>Throws unless a setting is one that there is.</summary>
    internal static void RequireCompression(PageCompression? compression)
    {
        if (compression is PageCompression value && !Enum.IsDefined(value))
        {
            throw new ArgumentOutOfRangeException(
                nameof(compression), value, $"compression is {(int)value}; it may be {string.Join(", ", Enum.GetNames<PageCompression>())}.");
        }
    }

    /// <summary>Throws when the machine cannot hold a capacity.</summary>
    internal static void RequireMachine(long capacityBytes)
    {
        (long bytes, string source) = MachineMemory.Limit();
        if (capacityBytes > bytes)
        {
            throw new InsufficientMemoryException(string.Create(
                CultureInfo.InvariantCulture,
                $"{nameof(CapacityBytes)} is {capacityBytes:N0}; {source} has {bytes:N0} bytes."));
        }
    }

    private void RequireCold()
    {
        if (ColdCompression is not (PageCompression.None or PageCompression.Zstandard))
        {
            throw Invalid(
                nameof(ColdCompression), $"{ColdCompression}", $"{PageCompression.None}, or {PageCompression.Zstandard}, the only one denser than another");
        }

        if (ColdCompression != PageCompression.None && Profile == TmemProfile.Xen)
        {
            throw Invalid(nameof(ColdCompression), $"{ColdCompression}", $"{PageCompression.None} in the profile {TmemProfile.Xen}, whose pages stay as they are put");
        }

        if (ColdAfter < TimeSpan.FromMilliseconds(1) || ColdAfter > TimeSpan.FromDays(1))
        {
            throw Invalid(nameof(ColdAfter), $"{ColdAfter}", "a millisecond to a day");
        }

        if (!(ColdProcessorShare is >= LeastProcessorShare and <= 1))
        {
            throw Invalid(nameof(ColdProcessorShare), ColdProcessorShare, string.Create(CultureInfo.InvariantCulture, $"{LeastProcessorShare} to 1"));
        }
    }

    private void RequireGovernor()
    {
        if (Governor is not null && Profile == TmemProfile.Xen)
        {
            throw Invalid(nameof(Governor), "set", $"null in the profile {TmemProfile.Xen}, whose results follow from its memory alone");
        }

        Governor?.Validate(CapacityBytes);
    }

    internal static void RequireRange(long value, long least, long most, string name)
    {
        if (value < least || value > most)
        {
            throw Invalid(name, value, string.Create(CultureInfo.InvariantCulture, $"{least:N0} to {most:N0}"));
        }
    }

    private static void RequireDefined(bool isDefined, string name, int value)
    {
        if (!isDefined)
        {
            throw Invalid(name, value, "a value of its enumeration");
        }
    }

    internal static ArgumentOutOfRangeException Invalid(string name, object value, string right) => new(
        name, value, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it may be {right}."));

    private static ArgumentOutOfRangeException Invalid(string name, long value, string right) => new(
        name, value, string.Create(CultureInfo.InvariantCulture, $"{name} is {value:N0}; it may be {right}."));
}
