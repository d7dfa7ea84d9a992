namespace TmemCore.Abi;

/// <summary>Which public header of the original a structure belongs to. It decides how the generations are labelled.</summary>
public enum AbiHeader : byte
{
    /// <summary>The header guests use: labels such as <c>v1-4.0.2_to_4.5</c>.</summary>
    Guest = 0,

    /// <summary>The header the control tools use, from Xen 4.6 on: labels such as <c>sysctl-4.8_to_4.12</c>.</summary>
    Sysctl = 1,
}
