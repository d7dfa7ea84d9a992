using TmemCore.Store;

namespace TmemCore.Migration;

/// <summary>Takes what a save stream says, once it has been found sound. Whatever it throws ends the reading.</summary>
internal interface ISaveStreamSink
{
    /// <summary>The client, before everything else.</summary>
    void Begin(ClientImage client);

    /// <summary>A pool that is not there yet.</summary>
    void AddPool(in PoolImage pool);

    /// <summary>Another compression of a pool that is there.</summary>
    void ChangePool(in PoolImage pool);

    void DropPool(int slot);

    /// <summary>A page of a persistent pool that is there.</summary>
    /// <param name="slot">The pool id.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="form">How <paramref name="data"/> becomes the page.</param>
    /// <param name="data">The bytes to keep.</param>
    /// <param name="page">What they have become: as long as the form says.</param>
    void PutPage(int slot, in ObjectId objectId, uint index, in PackedForm form, ReadOnlySpan<byte> data, ReadOnlySpan<byte> page);

    void DropPage(int slot, in ObjectId objectId, uint index);

    /// <summary>Pages that are there now; null where pages are not kept.</summary>
    long? CountPages();

    /// <summary>The end: all is there, and the client's settings are these.</summary>
    void Finish(ClientImage client);
}
