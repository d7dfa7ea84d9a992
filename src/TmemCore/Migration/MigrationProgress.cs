namespace TmemCore.Migration;

/// <summary>How far a save, a restore or a move has come. A value of its own each time, reported about once for 64 pages.</summary>
/// <param name="Pages">Pages written or read so far; a page that changes meanwhile counts again.</param>
/// <param name="Bytes">Bytes of the stream so far.</param>
/// <param name="Round">0 for the walk over all pages and wherever something is read; then 1 and on for what has changed meanwhile.</param>
/// <param name="LogLength">Pages that have changed and are still to be written; 0 where something is read.</param>
public readonly record struct MigrationProgress(long Pages, long Bytes, int Round, long LogLength);
