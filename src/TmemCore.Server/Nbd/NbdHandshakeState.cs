namespace TmemCore.Server.Nbd;

/// <summary>What a handshake has come to: all that it is between two options besides the bytes that are received and not looked at yet. The greeting is sent.</summary>
/// <param name="HasFlags">Whether the client has answered the greeting.</param>
/// <param name="HasNoZeroes">Whether the old way to choose an export is answered without zeros at its end.</param>
/// <param name="HasStructuredReplies">Whether what is read will come in chunks.</param>
/// <param name="AllocationOf">The export whose extents may be asked for; null for none.</param>
/// <param name="UnwantedBytes">What is still to come of an option that was too long.</param>
/// <param name="LeftMilliseconds">How long it may take still.</param>
internal sealed record NbdHandshakeState(
    bool HasFlags, bool HasNoZeroes, bool HasStructuredReplies, string? AllocationOf, uint UnwantedBytes, int LeftMilliseconds);
