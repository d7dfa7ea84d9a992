namespace TmemCore.Hypercalls;

/// <summary>What a hypervisor has of tmem.</summary>
public enum XenTmemState
{
    /// <summary>It gave an answer that none of the other values explains.</summary>
    Unknown,

    /// <summary>tmem is there and on.</summary>
    Present,

    /// <summary>tmem is built in and was not switched on at boot (option <c>tmem=1</c>).</summary>
    SwitchedOff,

    /// <summary>This hypervisor has no tmem: 4.13 and later, or built without.</summary>
    Absent,

    /// <summary>The hypervisor's policy does not let this domain call tmem.</summary>
    Refused,
}
