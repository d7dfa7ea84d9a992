namespace TmemCore;

/// <summary>Where a host's arena lives.</summary>
public enum BackingMemory
{
    /// <summary>
    /// Anonymous memory of the process, huge pages asked for. The fastest. On systems other than Linux, memory from the
    /// runtime's own native allocator, which gives memory back only when the host is disposed.
    /// </summary>
    Anonymous,

    /// <summary>A memory file without a name (Linux), which another process can map. Huge pages depend on the kernel's settings.</summary>
    MemoryFile,

    /// <summary>
    /// The runtime's own native allocator on every system, Linux too. Memory goes back to the system when the host is
    /// disposed, not before: the limit holds for what is in use, and the process may keep up to the most that pages and
    /// tables each ever took.
    /// </summary>
    Portable,
}
