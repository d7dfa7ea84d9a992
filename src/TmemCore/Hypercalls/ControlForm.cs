namespace TmemCore.Hypercalls;

/// <summary>The three ways in which control operations have reached tmem.</summary>
public enum ControlForm
{
    /// <summary>Up to Xen 4.5: a sub-operation of hypercall 38.</summary>
    Hypercall,

    /// <summary>Xen 4.6 and 4.7: a sysctl with two arguments.</summary>
    SysctlWithArguments,

    /// <summary>Xen 4.8 to 4.12: a sysctl with a length, an argument and a record.</summary>
    SysctlWithLength,
}
