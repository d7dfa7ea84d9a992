namespace TmemCore;

/// <summary>A private pool of clean pages that stay on a get, see <see cref="RetainingPool"/>.</summary>
public interface IRetainingPool : IDroppablePool, IReadablePool
{
}
