using System.Buffers;
using System.Buffers.Binary;
using TmemCore.Abi;
using TmemCore.Wire;

namespace TmemCore.Client;

/// <summary>A pool in a daemon's memory.</summary>
internal abstract partial class RemotePool(TmemConnection connection, int id) : ITmemPool
{
    /// <summary>Behind an answer that there is no room: how much there should be, in bytes.</summary>
    private const int LengthBytes = sizeof(int);

    private int _isGone;

    /// <inheritdoc/>
    public int Id => id;

    /// <inheritdoc/>
    public FlushResult FlushPage(in ObjectId objectId, uint index)
    {
        if (connection.SharedMemory is ChannelClient memory)
        {
            return AsFlush(Call(memory, FlushPageOp.Number, objectId, index, default, default, out _));
        }

        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        int bytes = new FlushPageOp { PoolId = id, Object = objectId, Index = index }.Write(TmemConnection.Abi, op);
        return AsFlush(connection.Call(op[..bytes], this));
    }

    /// <inheritdoc/>
    public FlushResult FlushObject(in ObjectId objectId)
    {
        if (connection.SharedMemory is ChannelClient memory)
        {
            return AsFlush(Call(memory, FlushObjectOp.Number, objectId, 0, default, default, out _));
        }

        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        int bytes = new FlushObjectOp { PoolId = id, Object = objectId }.Write(TmemConnection.Abi, op);
        return AsFlush(connection.Call(op[..bytes], this));
    }

    /// <summary>Destroys the pool; where the connection has gone, the pool has gone with it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isGone, 1) != 0)
        {
            return;
        }

        var wait = default(SpinWait);
        while (Volatile.Read(ref _underWay) != 0)
        {
            wait.SpinOnce();
        }

        try
        {
            Span<byte> op = stackalloc byte[TmemOp.MaxSize];
            connection.Call(op[..new DestroyPoolOp { PoolId = id }.Write(TmemConnection.Abi, op)]);
        }
        catch (TmemConnectionException)
        {
        }
    }

    /// <summary>Whether it is destroyed: its number may be another pool's.</summary>
    internal bool IsGone => Volatile.Read(ref _isGone) != 0;

    protected PutResult PutPage(in ObjectId objectId, uint index, ReadOnlySpan<byte> page)
    {
        RequirePage(page.Length, nameof(page));
        return PutBytes(objectId, index, page);
    }

    protected PutResult PutEntryBytes(in ObjectId objectId, uint index, ReadOnlySpan<byte> entry)
    {
        if (entry.Length is < 1 or > TmemPool.PageBytes)
        {
            throw new ArgumentException($"entry has {entry.Length:N0} bytes; an entry has 1 to {TmemPool.PageBytes:N0}.", nameof(entry));
        }

        return PutBytes(objectId, index, entry);
    }

    protected GetResult GetPage(in ObjectId objectId, uint index, Span<byte> buffer)
    {
        RequirePage(buffer.Length, nameof(buffer));
        if (connection.SharedMemory is ChannelClient memory)
        {
            return AsPage(Call(memory, GetPageOp.Number, objectId, index, default, buffer, out int found), buffer, found);
        }

        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        return AsPage(connection.Call(op[..WriteGet(op, objectId, index, buffer.Length)], default, buffer, out int length, this), buffer, length);
    }

    protected GetResult GetEntryBytes(in ObjectId objectId, uint index, Span<byte> buffer, out int length)
    {
        // Not into the buffer, which is written on a hit only.
        Span<byte> found = stackalloc byte[TmemPool.PageBytes];
        int room = Math.Min(buffer.Length, TmemPool.PageBytes);
        GetResult result = AsGet(CallForEntry(objectId, index, room, found, out length));
        if (result == GetResult.Hit)
        {
            found[..length].CopyTo(buffer);
        }
        else
        {
            length = result == GetResult.Unwritable && length == LengthBytes ? BinaryPrimitives.ReadInt32LittleEndian(found) : 0;
        }

        return result;
    }

    protected int PutPages(ReadOnlySpan<PageHandle> handles, ReadOnlySpan<byte> pages, Span<PutResult> results)
    {
        RequirePages(handles.Length, pages.Length, nameof(pages), results.Length);
        return connection.SharedMemory is ChannelClient memory
            ? PutThroughMemory(memory, handles, pages, results)
            : PutThroughSocket(handles, pages, results);
    }

    protected int GetPages(ReadOnlySpan<PageHandle> handles, Span<byte> buffer, Span<GetResult> results)
    {
        RequirePages(handles.Length, buffer.Length, nameof(buffer), results.Length);
        return connection.SharedMemory is ChannelClient memory
            ? GetThroughMemory(memory, handles, buffer, results)
            : GetThroughSocket(handles, buffer, results);
    }

    private int PutThroughSocket(ReadOnlySpan<PageHandle> handles, ReadOnlySpan<byte> pages, Span<PutResult> results)
    {
        int stored = 0;
        byte[] rented = ArrayPool<byte>.Shared.Rent(RequestChannel.MostAtOnce * (WireFrame.HeaderBytes + WireFrame.MaximumRequestBytes));
        try
        {
            while (!handles.IsEmpty)
            {
                int count = Math.Min(handles.Length, RequestChannel.MostAtOnce);
                long turn = connection.Send(rented.AsSpan(0, ComposePuts(rented, handles[..count], pages)), count, this);
                for (int i = 0; i < count; i++)
                {
                    results[i] = AsPut(connection.TakeAnswer(turn + i, default, out _));
                    stored += results[i] == PutResult.Stored ? 1 : 0;
                }

                handles = handles[count..];
                pages = pages[(count * TmemPool.PageBytes)..];
                results = results[count..];
            }

            return stored;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private int GetThroughSocket(ReadOnlySpan<PageHandle> handles, Span<byte> buffer, Span<GetResult> results)
    {
        int hits = 0;
        Span<byte> requests = stackalloc byte[RequestChannel.MostAtOnce * (WireFrame.HeaderBytes + TmemOp.MaxSize)];
        while (!handles.IsEmpty)
        {
            int count = Math.Min(handles.Length, RequestChannel.MostAtOnce);
            long turn = connection.Send(requests[..ComposeGets(requests, handles[..count])], count, this);
            for (int i = 0; i < count; i++)
            {
                Span<byte> page = buffer.Slice(i * TmemPool.PageBytes, TmemPool.PageBytes);
                results[i] = AsPage(connection.TakeAnswer(turn + i, page, out int length), page, length);
                hits += results[i] == GetResult.Hit ? 1 : 0;
            }

            handles = handles[count..];
            buffer = buffer[(count * TmemPool.PageBytes)..];
            results = results[count..];
        }

        return hits;
    }

    private static void RequirePage(int length, string name)
    {
        if (length != TmemPool.PageBytes)
        {
            throw new ArgumentException($"{name} has {length:N0} bytes; a page has exactly {TmemPool.PageBytes:N0}.", name);
        }
    }

    private static void RequirePages(int handles, int bytes, string name, int results)
    {
        if (bytes != (long)handles * TmemPool.PageBytes)
        {
            throw new ArgumentException(
                $"{name} has {bytes:N0} bytes; {handles:N0} handles take exactly {(long)handles * TmemPool.PageBytes:N0}.", name);
        }

        if (results < handles)
        {
            throw new ArgumentException($"results has room for {results:N0}; there are {handles:N0} handles.", nameof(results));
        }
    }

    private PutResult PutBytes(in ObjectId objectId, uint index, ReadOnlySpan<byte> bytes)
    {
        if (connection.SharedMemory is ChannelClient memory)
        {
            return AsPut(Call(memory, PutPageOp.Number, objectId, index, bytes, default, out _));
        }

        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        return AsPut(connection.Call(op[..WritePut(op, objectId, index)], bytes, default, out _, this));
    }

    private long CallForEntry(in ObjectId objectId, uint index, int room, Span<byte> found, out int length)
    {
        if (connection.SharedMemory is ChannelClient memory)
        {
            return Call(memory, GetPageOp.Number, objectId, index, default, found, out length, room);
        }

        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        return connection.Call(op[..WriteGet(op, objectId, index, room)], default, found, out length, this);
    }

    private int ComposePuts(Span<byte> requests, ReadOnlySpan<PageHandle> handles, ReadOnlySpan<byte> pages)
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        int bytes = 0;
        for (int i = 0; i < handles.Length; i++)
        {
            int opBytes = WritePut(op, handles[i].Object, handles[i].Index);
            bytes += TmemConnection.Compose(requests[bytes..], op[..opBytes], pages.Slice(i * TmemPool.PageBytes, TmemPool.PageBytes));
        }

        return bytes;
    }

    private int ComposeGets(Span<byte> requests, ReadOnlySpan<PageHandle> handles)
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        int bytes = 0;
        foreach (PageHandle handle in handles)
        {
            int opBytes = WriteGet(op, handle.Object, handle.Index, TmemPool.PageBytes);
            bytes += TmemConnection.Compose(requests[bytes..], op[..opBytes], default);
        }

        return bytes;
    }

    private int WritePut(Span<byte> op, in ObjectId objectId, uint index) =>
        new PutPageOp { PoolId = id, Object = objectId, Index = index }.Write(TmemConnection.Abi, op);

    /// <summary>There is no frame: the room for what is found stands in its place.</summary>
    private int WriteGet(Span<byte> op, in ObjectId objectId, uint index, int roomBytes) =>
        new GetPageOp { PoolId = id, Object = objectId, Index = index, Frame = (ulong)roomBytes }.Write(TmemConnection.Abi, op);

    private PutResult AsPut(long answer) => Enum.IsDefined((PutResult)answer) ? (PutResult)answer : throw connection.Misunderstood(answer);

    private GetResult AsGet(long answer) => Enum.IsDefined((GetResult)answer) ? (GetResult)answer : throw connection.Misunderstood(answer);

    private FlushResult AsFlush(long answer) => Enum.IsDefined((FlushResult)answer) ? (FlushResult)answer : throw connection.Misunderstood(answer);

    /// <summary>A page, or an entry with zeros behind it.</summary>
    private GetResult AsPage(long answer, Span<byte> page, int length)
    {
        GetResult result = AsGet(answer);
        if (result == GetResult.Hit)
        {
            page[length..].Clear();
        }

        return result;
    }
}
