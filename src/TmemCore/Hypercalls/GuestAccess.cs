namespace TmemCore.Hypercalls;

/// <summary>What a port may do with a guest's memory.</summary>
public enum GuestAccess
{
    /// <summary>The memory can be the source of a put, not the target of a get.</summary>
    ReadOnly,

    /// <summary>The memory can be source and target.</summary>
    ReadWrite,
}
