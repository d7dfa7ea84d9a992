namespace TmemCore.Migration;

/// <summary>What a save or a move has sent.</summary>
/// <param name="Pages">Pages; one that changed meanwhile counts again.</param>
/// <param name="PagesGone">Pages that went meanwhile.</param>
/// <param name="Bytes">Bytes of the stream.</param>
/// <param name="Rounds">Times that what had changed meanwhile was sent; the last with the client paused.</param>
/// <param name="Pause">How long the client's calls had to wait, from the first to the last that could have.</param>
public readonly record struct SaveReport(long Pages, long PagesGone, long Bytes, int Rounds, TimeSpan Pause);
