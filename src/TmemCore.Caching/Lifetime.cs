using Microsoft.Extensions.Caching.Distributed;

namespace TmemCore.Caching;

/// <summary>When a value goes: at a time, or when nobody has asked for it for a while, whichever comes first.</summary>
/// <param name="AbsoluteTicks">The time, in UTC; 0 for none.</param>
/// <param name="SlidingTicks">The while; 0 for none.</param>
/// <param name="LastAccessTicks">When somebody asked last, where that matters.</param>
internal readonly record struct Lifetime(long AbsoluteTicks, long SlidingTicks, long LastAccessTicks)
{
    public bool HasAbsolute => AbsoluteTicks != 0;

    public bool IsSliding => SlidingTicks != 0;

    /// <summary>What a caller's options come to now. As in .NET's own caches the earlier of two absolute times counts.</summary>
    public static Lifetime Of(DistributedCacheEntryOptions options, long nowTicks)
    {
        long absolute = options.AbsoluteExpiration?.UtcTicks ?? long.MaxValue;
        if (options.AbsoluteExpirationRelativeToNow is TimeSpan relative)
        {
            absolute = Math.Min(absolute, relative.Ticks > DateTime.MaxValue.Ticks - nowTicks ? DateTime.MaxValue.Ticks : nowTicks + relative.Ticks);
        }

        // A time of no ticks has passed for ever, and 0 says that there is none.
        long absoluteTicks = absolute == long.MaxValue ? 0 : Math.Max(absolute, 1);
        long sliding = options.SlidingExpiration?.Ticks ?? 0;
        return new Lifetime(absoluteTicks, sliding, sliding == 0 ? 0 : nowTicks);
    }

    public bool IsOver(long nowTicks) =>
        (HasAbsolute && AbsoluteTicks <= nowTicks) || (IsSliding && nowTicks - LastAccessTicks >= SlidingTicks);

    /// <summary>Whether asking now keeps it longer.</summary>
    public bool IsRenewedAt(long nowTicks) => IsSliding && nowTicks > LastAccessTicks;
}
