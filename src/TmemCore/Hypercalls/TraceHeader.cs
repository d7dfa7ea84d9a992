using System.Globalization;

namespace TmemCore.Hypercalls;

/// <summary>
/// The first line of a trace: what kind of host it was recorded on, so that a replay can set one up. The defaults describe
/// a host that never runs short.
/// </summary>
public sealed record TraceHeader
{
    /// <summary>What the trace is about, one word.</summary>
    public string Theme { get; init; } = "recorded";

    /// <summary>How a replay compares: <c>exact</c>, every result, or <c>statistical</c>, hit rates only.</summary>
    public string Class { get; init; } = "exact";

    /// <summary>How many pages tmem may use.</summary>
    public long ArenaPages { get; init; } = 65536;

    /// <summary>Whether only frames with page data count against the arena.</summary>
    public bool IsMetadataFree { get; init; } = true;

    /// <summary>Pages of the arena always held back; -1 for a 128th of it.</summary>
    public long ReservePages { get; init; }

    /// <summary>Whether new clients compress.</summary>
    public bool Compresses { get; init; }

    /// <summary>Whether new clients need a grant for each shared pool.</summary>
    public bool NeedsAuthorization { get; init; }

    /// <summary>The most frames the persistent pools of one client may hold.</summary>
    public long PersistentPagesMax { get; init; } = 1 << 30;

    /// <summary>The line.</summary>
    /// <returns>The line, without its end.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"# tmem-golden 1 theme={Theme} class={Class} arena={ArenaPages} metafree={Bit(IsMetadataFree)} midsize={ReservePages} "
        + $"compress={Bit(Compresses)} dedup=0 tze=0 shared_auth={Bit(NeedsAuthorization)} maxpages={PersistentPagesMax}");

    private static int Bit(bool value) => value ? 1 : 0;
}
