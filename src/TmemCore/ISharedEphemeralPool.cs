namespace TmemCore;

/// <summary>A pool of clean pages that several clients put into and get from, see <see cref="SharedEphemeralPool"/>.</summary>
public interface ISharedEphemeralPool : IDroppablePool, IReadablePool
{
}
