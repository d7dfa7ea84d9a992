using System.Runtime.InteropServices;

namespace TmemCore.Store;

/// <summary>Pages by age: chunks of entries, oldest first.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AgeList
{
    /// <summary>The cells of the oldest and the youngest chunk; 0 for none.</summary>
    public uint First;
    public uint Last;

    /// <summary>Entries, stale ones too.</summary>
    public uint Entries;

    /// <summary>The chunk behind which the next one is to be cleared of stale entries; 0 for the first.</summary>
    public uint Clean;
}
