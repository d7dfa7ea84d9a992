namespace TmemCore.Server.Nbd;

/// <summary>What has to hold still for pages to be kept that the backing was read for, or has taken; by default they are not kept.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Generation">The changes that had begun.</param>
internal readonly record struct CacheTicket(RetainingPool? Pool, ulong Generation);
