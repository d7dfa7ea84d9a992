using System.Buffers;

namespace TmemCore.CacheBench;

/// <summary>A cache under measurement. Values are whole byte strings; each cache allocates what its interface makes it allocate.</summary>
internal interface ICachePeer : IDisposable
{
    /// <summary>The process whose memory the values are in.</summary>
    int ProcessId { get; }

    /// <summary>Gets a value; those that keep arrays hand out a reference and copy nothing.</summary>
    bool TryGet(string key, ArrayBufferWriter<byte> writer);

    /// <summary>Stores a value; those that keep arrays make one of it.</summary>
    void Set(string key, byte[] buffer, int length);
}
