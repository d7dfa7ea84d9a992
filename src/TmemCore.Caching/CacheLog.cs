using Microsoft.Extensions.Logging;

namespace TmemCore.Caching;

/// <summary>What a cache tells. Nothing is told of single requests above the level of debugging.</summary>
internal static partial class CacheLog
{
    [LoggerMessage(1, LogLevel.Debug, "The cache has a store.")]
    public static partial void StoreReady(ILogger log);

    [LoggerMessage(2, LogLevel.Warning, "The cache has lost its store and all that was in it. It misses until there is another.")]
    public static partial void StoreLost(ILogger log, Exception? cause);

    [LoggerMessage(3, LogLevel.Warning, "The cache has no store: {Reason} It misses; the next try is in {Seconds} s.")]
    public static partial void StoreUnreachable(ILogger log, string reason, double seconds);

    [LoggerMessage(4, LogLevel.Debug, "A value of {Bytes} bytes was refused; nothing is stored under its key.")]
    public static partial void Refused(ILogger log, long bytes);

    [LoggerMessage(5, LogLevel.Debug, "A part of a value had been dropped; the rest is freed.")]
    public static partial void Incomplete(ILogger log);
}
