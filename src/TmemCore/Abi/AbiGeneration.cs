namespace TmemCore.Abi;

/// <summary>
/// A generation of the tmem binary interface, oldest first. The names say from which release on it was spoken.
/// </summary>
/// <remarks>Annotations give ranges of generations with <c>Since</c> and <c>Until</c>, both inclusive.</remarks>
public enum AbiGeneration : byte
{
    /// <summary>The first commit of May 2009: an object id of 64 bits, control as a sub-op of the hypercall.</summary>
    V0May2009 = 0,

    /// <summary>August 2009 to Xen 4.0.1: as before, with save, restore and authorisation.</summary>
    V0Aug2009 = 1,

    /// <summary>Xen 4.0.2 to 4.5: an object id of 192 bits, control still a sub-op of the hypercall.</summary>
    V1Hypercall = 2,

    /// <summary>Xen 4.6 and 4.7: control moved to a sysctl with two arguments and a buffer.</summary>
    V1Sysctl46 = 3,

    /// <summary>Xen 4.8 to 4.12: the sysctl has a length, one argument and a union of buffers.</summary>
    V1Sysctl48 = 4,
}
