namespace TmemCore.Server.Nbd;

/// <summary>How a request wants it.</summary>
[Flags]
internal enum NbdCommandFlags : ushort
{
    None = 0,

    /// <summary>Answered when what it has written would outlast a loss of power.</summary>
    ForceUnitAccess = 1 << 0,

    /// <summary>Zeros that are written keep their room.</summary>
    NoHole = 1 << 1,

    /// <summary>What is read comes in one piece.</summary>
    DontFragment = 1 << 2,

    /// <summary>One extent is enough.</summary>
    OneExtent = 1 << 3,

    /// <summary>Zeros are written only if that is faster than writing them as data.</summary>
    FastZero = 1 << 4,
}
