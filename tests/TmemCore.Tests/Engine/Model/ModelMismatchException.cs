namespace TmemCore.Tests.Engine.Model;

/// <summary>The store did something that the rules do not allow.</summary>
public sealed class ModelMismatchException(string message) : Exception(message);
