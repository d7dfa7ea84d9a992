using TmemCore.Memory;
using TmemCore.Store;

namespace TmemCore.Tests.Engine.Model;

/// <summary>A host and the model of it, side by side: each step is done to both, and what they answer is compared.</summary>
internal sealed partial class ModelWorld : IDisposable
{
    private const int CappedClient = 1;
    private const int CappedPages = 12;
    private const int ReservingClient = 0;
    private const long ReservedBytes = 16 * TmemPool.PageBytes;

    /// <summary>A page, and all the records that it may need besides.</summary>
    private const long MostBytesOfOnePut = TmemPool.PageBytes + 1024;

    private readonly TmemHostOptions _options;
    private readonly ModelStore _model;
    private readonly bool _isExact;
    private readonly bool _isMixed;
    private readonly FakeClock? _coldClock;
    private readonly TmemClient?[] _clients = new TmemClient?[ModelOp.Clients];
    private readonly ModelClient?[] _modelClients = new ModelClient?[ModelOp.Clients];
    private readonly TmemPool?[,] _pools = new TmemPool?[ModelOp.Clients, ModelOp.Slots];
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];
    private readonly byte[] _expected = new byte[TmemPool.PageBytes];
    private TmemHost _host;
    private ulong _seed;

    public ModelWorld(TmemHostOptions options, bool isModelWrong = false)
    {
        _isExact = options.Profile == TmemProfile.Xen;
        _isMixed = options.CompressByDefault;
        _coldClock = options.ColdClock as FakeClock;
        _options = options;
        _host = new TmemHost(options);
        _model = new ModelStore(_isExact ? (int)options.DataFrameLimit - 255 : null) { IsWrong = isModelWrong };
    }

    private PageStore Store => _host.Store;

    /// <summary>Does all steps, then looks at everything.</summary>
    public void Run(ModelOp[] ops)
    {
        foreach (ModelOp op in ops)
        {
            try
            {
                Do(op);
                Recompress();
                CompareEvictions();
            }
            catch (ModelMismatchException e)
            {
                throw new ModelMismatchException($"{op}: {e.Message}");
            }
        }

        ComparePages();
        CompareStatistics();
        Require("problems", "", string.Join("; ", _host.Verify()));
    }

    public void Dispose() => _host.Dispose();

    private static void Require<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new ModelMismatchException($"{what}: {expected} expected, {actual} found.");
        }
    }

    /// <summary>Makes some of the pages smaller that no step has touched of late: nothing that the model would notice.</summary>
    private void Recompress()
    {
        if (_coldClock is not null)
        {
            _coldClock.Advance(_host.Options.ColdAfter);
            Store.RecompressStep();
        }
    }

    private void Do(ModelOp op)
    {
        switch (op.Kind)
        {
            case OpKind.Put or OpKind.PutUnreadable:
                Put(op, op.PageIndex, op.Kind == OpKind.Put);
                break;
            case OpKind.Fill:
                for (uint i = 0; i < op.Count; i++)
                {
                    Put(op, op.PageIndex + i, isReadable: true);
                }

                break;
            case OpKind.Get or OpKind.GetUnwritable:
                Get(op, op.Kind == OpKind.Get);
                break;
            case OpKind.FlushPage or OpKind.FlushObject:
                Flush(op);
                break;
            case OpKind.SetCapacity:
                SetCapacity(op);
                break;
            case OpKind.GiveBack:
                GiveBack(op);
                break;
            case OpKind.HandOver:
                HandOver(isCompleted: op.Count % 4 != 0);
                break;
            case OpKind.SetCompression:
                SetCompression(op);
                break;
            default:
                DoToClient(op);
                break;
        }
    }

    /// <summary>Of the host, a client or a pool, and nothing that the model would notice.</summary>
    private void SetCompression(ModelOp op)
    {
        var compression = (PageCompression)(op.Count % 4);
        PageCompression? orNone = op.Count % 5 == 0 ? null : compression;
        if (!_isMixed)
        {
            return;
        }

        switch (op.Index % 3)
        {
            case 0:
                _host.SetCompression(compression);
                break;
            case 1:
                Reach(op.Client).Client.SetCompression(orNone);
                break;
            default:
                Require("set compression", true, ReachPool(op).Pool.TrySetCompression(orNone));
                break;
        }
    }

    private void FillExpected(ulong seed)
    {
        if (_isMixed)
        {
            Pages.FillMixed(_expected, seed);
        }
        else
        {
            Pages.Fill(_expected, seed);
        }
    }

    private void DoToClient(ModelOp op)
    {
        (TmemClient client, ModelClient model) = Reach(op.Client);
        switch (op.Kind)
        {
            case OpKind.CreatePool:
                LeavePool(op.Client, op.Slot);
                ReachPool(op);
                break;
            case OpKind.DestroyPool:
                LeavePool(op.Client, op.Slot);
                break;
            case OpKind.KillClient:
                KillClient(op.Client);
                break;
            case OpKind.Freeze or OpKind.Thaw:
                SetFrozen(client, model, op.Kind == OpKind.Freeze);
                break;
            case OpKind.BeginSave:
                BeginSave(client, model, isLive: op.Count % 2 == 0);
                break;
            default:
                EndSave(client, model);
                break;
        }
    }

    private void Put(ModelOp op, uint index, bool isReadable)
    {
        (TmemPool pool, ModelPool model) = ReachPool(op);
        model.Pages.TryGetValue((op.ObjectId, index), out ModelPage? older);
        bool isPromised = IsPromised(op.Client, model);
        ulong seed = ++_seed;
        FillExpected(seed);
        PutResult actual = PutTo(pool, op.ObjectId, index, isReadable ? _expected : null);
        if (!_isExact && _model.Evictions != EvictionsSoFar)
        {
            FollowEvictions(except: older);
            if (older is { Pool.IsPersistent: false } && EvictionsSoFar == _model.Evictions + 1)
            {
                // The older page of the handle had to go for its own successor.
                _model.Evict(older);
                older = null;
            }
        }

        if (actual == PutResult.PageDropped && _isMixed && older is not null && MayBeShort(op.Client, model) && !model.Owner.IsMigrating)
        {
            // The new page takes more than the old one did, and there is no more.
            _model.Drop(older);
            return;
        }

        PutResult expected = _model.Put(model, op.ObjectId, index, isReadable, seed);
        bool isShort = actual == PutResult.OutOfMemory && !_isExact && older is null && !isPromised && MayBeShort(op.Client, model);
        if (isShort && expected == PutResult.Stored)
        {
            _model.Unput(model, op.ObjectId, index);
            return;
        }

        Require("put", isShort ? actual : expected, actual);
    }

    /// <summary>Whether the client's reservation surely covers one more page.</summary>
    private bool IsPromised(int client, ModelPool pool) =>
        client == ReservingClient
        && pool.IsPersistent
        && _clients[client]!.GetStatistics().PersistentBytes + MostBytesOfOnePut <= ReservedBytes;

    /// <summary>A put may be refused when nothing is left to drop, or when the client or the reservations of others stand against it.</summary>
    private bool MayBeShort(int client, ModelPool pool) =>
        !_model.EphemeralPages.Any() || (pool.IsPersistent && (client == CappedClient || _clients[ReservingClient] is not null));

    private static PutResult PutTo(TmemPool pool, ObjectId id, uint index, byte[]? page)
    {
        var unreadable = default(UnreadableSource);
        PutResult result;
        switch (pool)
        {
            case PersistentPool persistent:
                return page is not null ? persistent.Put(id, index, page) : persistent.Put(id, index, ref unreadable);
            case DroppablePool droppable when page is not null:
                droppable.TryPut(id, index, page, out result);
                return result;
            default:
                ((DroppablePool)pool).TryPut(id, index, ref unreadable, out result);
                return result;
        }
    }

    private void Get(ModelOp op, bool isWritable)
    {
        (TmemPool pool, ModelPool model) = ReachPool(op);
        Array.Fill(_buffer, (byte)0xCC);
        GetResult actual = isWritable ? GetFrom(pool, op.ObjectId, op.PageIndex, _buffer) : GetUnwritable(pool, op.ObjectId, op.PageIndex);
        GetResult expected = _model.Get(model, op.ObjectId, op.PageIndex, isWritable, out ulong seed);
        Require("get", expected, actual);
        if (actual == GetResult.Hit)
        {
            FillExpected(seed);
            Require("content", true, _buffer.AsSpan().SequenceEqual(_expected));
        }
        else
        {
            Require("buffer untouched", -1, _buffer.AsSpan().IndexOfAnyExcept((byte)0xCC));
        }
    }

    private static GetResult GetFrom(TmemPool pool, ObjectId id, uint index, byte[] buffer) => pool switch
    {
        EphemeralPool ephemeral => ephemeral.Take(id, index, buffer),
        RetainingPool retaining => retaining.Get(id, index, buffer),
        SharedEphemeralPool shared => shared.Get(id, index, buffer),
        _ => ((PersistentPool)pool).Get(id, index, buffer),
    };

    private static GetResult GetUnwritable(TmemPool pool, ObjectId id, uint index)
    {
        var target = default(UnwritableTarget);
        return pool switch
        {
            EphemeralPool ephemeral => ephemeral.Take(id, index, ref target),
            RetainingPool retaining => retaining.Get(id, index, ref target),
            SharedEphemeralPool shared => shared.Get(id, index, ref target),
            _ => ((PersistentPool)pool).Get(id, index, ref target),
        };
    }

    private void Flush(ModelOp op)
    {
        (TmemPool pool, ModelPool model) = ReachPool(op);
        if (op.Kind == OpKind.FlushPage)
        {
            Require("flush", _model.FlushPage(model, op.ObjectId, op.PageIndex), pool.FlushPage(op.ObjectId, op.PageIndex));
        }
        else
        {
            Require("flush", _model.FlushObject(model, op.ObjectId), pool.FlushObject(op.ObjectId));
        }
    }

    private void SetCapacity(ModelOp op)
    {
        if (_isExact)
        {
            return;
        }

        long capacityBytes = TmemHostOptions.MinimumCapacityBytes + (op.Count % 5 * (256L << 10));
        long before = _host.CapacityBytes;
        try
        {
            _host.SetCapacity(capacityBytes);
            Require("capacity", capacityBytes, _host.CapacityBytes);
        }
        catch (InsufficientMemoryException)
        {
            long due = (_model.PersistentPages * (long)ArenaLayout.PageBytes) + ReservedBytes;
            Require("capacity refused though there is room", true, due > capacityBytes / 2);
            Require("capacity", before, _host.CapacityBytes);
        }

        Require("memory within the limit", true, _host.CommittedBytes <= _host.CapacityBytes);
    }

    private void GiveBack(ModelOp op)
    {
        long bytes = op.Count * 1000L;
        long given = _host.Control.GiveBack(bytes);
        if (_isExact)
        {
            Require("given back", _model.GiveBack((bytes + 4095) / 4096) * TmemPool.PageBytes, given);
        }
    }
}
