namespace TmemCore.Tool.SwapSafety;

/// <summary>The system does not give what the settings ask for; the message says what, and what would change that.</summary>
internal sealed class SystemRefusalException(string message) : Exception(message);
