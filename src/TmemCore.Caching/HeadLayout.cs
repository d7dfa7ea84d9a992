namespace TmemCore.Caching;

/// <summary>
/// Which places of a pool a key's head may lie at. In a host of this process some keys share an object, since the store's record of an object takes a third of what a
/// value of 200 bytes does; each of them has two of the object's places to choose from, so that few have none left. A daemon would be asked twice for what is not there: of its
/// pools each key has an object of its own, and one place in it.
/// </summary>
internal sealed class HeadLayout
{
    /// <summary>Each key in an object of its own.</summary>
    public static readonly HeadLayout Alone = new(groups: 0);

    /// <summary>As many indexes as the store keeps together; chunks have those behind.</summary>
    public const uint Indexes = 64;

    /// <summary>
    /// Values of 200 bytes take 330, so that six share an object: eight are what the shortest run of the store's index holds. Where they are shorter, more share one, sixteen of 20 bytes, and
    /// 2.2 % of sets find both places taken until the cache is full; of 200 bytes 0.4 %. With half as many groups, or twice as many, a full cache found 0.3 points more or 0.5 fewer of the
    /// requests by Zipf's law, and 1.0 fewer or 0.1 more with scans.
    /// </summary>
    private const long BytesPerGroup = 2048;

    private readonly uint _groups;

    private HeadLayout(uint groups) => _groups = groups;

    /// <summary>Has keys share a number of objects.</summary>
    public static HeadLayout Sharing(uint groups)
    {
        ArgumentOutOfRangeException.ThrowIfZero(groups);
        return new HeadLayout(groups);
    }

    /// <summary>The layout for a client's pool.</summary>
    public static HeadLayout For(ITmemClient client) =>
        client is TmemClient local ? Sharing((uint)Math.Clamp(local.Host.Options.ReachBytes / BytesPerGroup, 1, uint.MaxValue)) : Alone;

    /// <summary>Places that a key's head may lie at.</summary>
    public int PlacesPerKey => _groups == 0 ? 1 : 2;

    /// <summary>One of a key's places.</summary>
    /// <param name="id">The key's id.</param>
    /// <param name="number">0 or, where there are two, 1.</param>
    public HeadPlace PlaceOf(in ObjectId id, int number)
    {
        if (_groups == 0)
        {
            return new HeadPlace(id, 0);
        }

        uint first = (uint)id.Word1 % Indexes;
        uint step = 1 + ((uint)(id.Word1 >> 32) % (Indexes - 1));
        return new HeadPlace(new ObjectId(GroupOf(id)), (first + ((uint)number * step)) % Indexes);
    }

    /// <summary>A number that keys have in common that may have a place in common, and few others.</summary>
    public ulong StripeOf(in ObjectId id) => _groups == 0 ? id.Word0 : GroupOf(id);

    /// <summary>
    /// What a key's entry is known by again when it has been evicted, at whichever of its places; 0 where a place is the key's own. By bits of the hash that choose neither the object nor the
    /// index: two keys of an object have the same one in 255 times.
    /// </summary>
    public byte TagOf(in ObjectId id) => (byte)(_groups == 0 ? 0 : 1 + ((uint)id.Word0 % byte.MaxValue));

    private uint GroupOf(in ObjectId id) => (uint)(((id.Word0 >> 32) * _groups) >> 32);
}
