namespace TmemCore.Tool.Control;

/// <summary>A control operation that a host has refused, and why.</summary>
internal sealed class ControlRefusedException(string message) : Exception(message);
