namespace TmemCore.Server.Nbd;

/// <summary>
/// What a connection has agreed on, and all that it is between two requests besides the bytes that are received and not looked at yet. It does not change
/// after the handshake.
/// </summary>
/// <param name="ExportName">The export, by the name that it is served under.</param>
/// <param name="HasStructuredReplies">Whether what is read comes in chunks.</param>
/// <param name="HasAllocationContext">Whether extents may be asked for.</param>
internal sealed record NbdConnectionState(string ExportName, bool HasStructuredReplies, bool HasAllocationContext);
