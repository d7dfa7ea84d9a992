using System.Runtime.InteropServices;
using TmemCore.Memory;

namespace TmemCore;

/// <summary>Those of a host's options that its memory is laid out by, or that what lies there depends on.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct HostShape
{
    private long _capacityBytes;
    private long _maximumCapacityBytes;
    private long _dataFrameLimit;
    private int _profile;
    private int _eviction;
    private int _maxClients;
    private int _maxPoolsPerClient;
    private int _maxSharedPools;
    private int _ghostsPerFrame;
    private bool _hugePages;
    private bool _requireSharedAuthorization;
    private bool _reversedWeights;

    /// <summary>Parts with a lock of their own: chosen by the first process, whose machine had as many processors.</summary>
    public int Shards;

    public static HostShape Of(TmemHostOptions options, int shards) => new()
    {
        _capacityBytes = options.CapacityBytes,
        _maximumCapacityBytes = options.MaximumCapacityBytes,
        _dataFrameLimit = options.DataFrameLimit,
        _profile = (int)options.Profile,
        _eviction = (int)options.EffectiveEviction,
        _maxClients = options.MaxClients,
        _maxPoolsPerClient = options.MaxPoolsPerClient,
        _maxSharedPools = options.EffectiveSharedPools,
        _ghostsPerFrame = options.GhostsPerFrame,
        _hugePages = options.UsesHugePages,
        _requireSharedAuthorization = options.RequireSharedAuthorization,
        _reversedWeights = options.ReversedWeights,
        Shards = shards,
    };

    public readonly TmemHostOptions ApplyTo(TmemHostOptions options) => options with
    {
        CapacityBytes = _capacityBytes,
        MaximumCapacityBytes = _maximumCapacityBytes,
        DataFrameLimit = _dataFrameLimit,
        Profile = (TmemProfile)_profile,
        Eviction = (EvictionPolicy)_eviction,
        MaxClients = _maxClients,
        MaxPoolsPerClient = _maxPoolsPerClient,
        MaxSharedPools = _maxSharedPools,
        GhostsPerFrame = _ghostsPerFrame,
        HugePages = _hugePages,
        RequireSharedAuthorization = _requireSharedAuthorization,
        ReversedWeights = _reversedWeights,
        Shards = Shards,
        Backing = BackingMemory.MemoryFile,
        IsTakenOver = true,
    };

    public void PassOn(StateTransfer state) => state.Pass(ref this);
}
