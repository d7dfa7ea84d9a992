using System.Runtime.InteropServices;

namespace TmemCore.Store;

/// <summary>What a pool under S3-FIFO has in one shard besides its list of ages, which is the small queue there; one cell.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MainQueue
{
    /// <summary>The pages that were found often enough, or came back soon enough after they had gone.</summary>
    public AgeList Ages;

    /// <summary>Pages of it that live.</summary>
    public uint Pages;

    /// <summary>Pages of the pool that have been noted in <see cref="GhostTable"/>, counted round.</summary>
    public uint Ghosts;
}
