using TmemCore.Hypercalls;

namespace TmemCore.Wire;

/// <summary>Answers of the socket protocol that the tmem ABI does not have.</summary>
internal static class WireAnswer
{
    /// <summary>A connection is turned away: the access rules do not let its user in, or there are as many as there may be, or no memory.</summary>
    public const long NotAllowed = -Errno.EACCES;
    public const long TooManyConnections = -11;
    public const long NoMemory = -Errno.ENOMEM;

    /// <summary>The bit above a pool's id that tells that the pool was there already.</summary>
    public const long Joined = 1 << 8;

    /// <summary>The bit of a new pool's flags, reserved in the tmem ABI, that has a get leave the page.</summary>
    public const uint Retaining = 1 << 8;

    private const long InvalidUuid = -Errno.EINVAL;
    private const long TooManyPools = -24;
    private const long TooManySharedPools = -23;
    private const long PersistentPool = -Errno.EEXIST;

    /// <summary>Why a connection was turned away.</summary>
    public static string Explain(long refusal) => refusal switch
    {
        NotAllowed => "its access rules do not let this user in",
        TooManyConnections => "it has as many connections as it may have, or this user has",
        NoMemory => "it has no memory for another client",
        _ => $"it answers {refusal}",
    };

    /// <summary>The answer to a wish for a shared pool.</summary>
    public static long Of(JoinResult result, int pool) => result switch
    {
        JoinResult.Created => pool,
        JoinResult.Joined => pool | Joined,
        JoinResult.NotAuthorized => NotAllowed,
        JoinResult.TooManyPools => TooManyPools,
        JoinResult.TooManySharedPools => TooManySharedPools,
        JoinResult.InvalidUuid => InvalidUuid,
        JoinResult.PersistentPool => PersistentPool,
        _ => NoMemory,
    };

    /// <summary>What an answer to a wish for a pool says; false when it is none.</summary>
    public static bool TryReadJoin(long answer, out JoinResult result, out int pool)
    {
        pool = (int)(answer & 0xff);
        (result, bool isKnown) = answer switch
        {
            >= 0 and < 16 => (JoinResult.Created, true),
            >= Joined and < Joined + 16 => (JoinResult.Joined, true),
            NotAllowed => (JoinResult.NotAuthorized, true),
            TooManyPools => (JoinResult.TooManyPools, true),
            TooManySharedPools => (JoinResult.TooManySharedPools, true),
            InvalidUuid => (JoinResult.InvalidUuid, true),
            PersistentPool => (JoinResult.PersistentPool, true),
            NoMemory => (JoinResult.OutOfMemory, true),
            _ => (default, false),
        };
        return isKnown;
    }
}
