using System.Runtime.InteropServices;
using TmemCore.Abi;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Replay;

/// <summary>
/// Remembers what was last put under each handle, so that the pages of a trace can be judged where which of them survive is
/// left to the store.
/// </summary>
internal sealed class ContentModel(IReplayTarget target)
{
    private const int PoolFlags = (int)SaveGetPoolFlagsOp.Number;
    private const long PersistentFlag = (long)TmemPoolFlags.Persistent;
    private const long SharedFlag = (long)TmemPoolFlags.Shared;

    private readonly Dictionary<(int Client, int Pool), Pool> _pools = [];
    private readonly Dictionary<PoolUuid, Pool> _shared = [];

    /// <summary>A pool's pages by what they hold.</summary>
    private sealed class Pool(bool isPersistent)
    {
        public bool IsPersistent { get; } = isPersistent;

        public int Members { get; set; }

        public Dictionary<ObjectId, Dictionary<uint, TraceOperation>> Objects { get; } = [];
    }

    /// <summary>Whether a pool is known, and ephemeral.</summary>
    public bool IsEphemeral(int client, int pool) =>
        _pools.TryGetValue((client, pool), out Pool? known) && !known.IsPersistent;

    /// <summary>Whether a page that a get has found is the one last put there.</summary>
    /// <param name="client">Who got it.</param>
    /// <param name="operation">The get.</param>
    /// <param name="hash">The page's hash.</param>
    public bool IsRight(int client, TraceOperation operation, ulong hash) =>
        _pools.TryGetValue((client, operation.Number(0)), out Pool? pool)
        && pool.Objects.TryGetValue(operation.Object(1), out Dictionary<uint, TraceOperation>? pages)
        && pages.TryGetValue(operation.Word(4), out TraceOperation? put)
        && hash == HashOf(put);

    /// <summary>Takes note of an operation's effect.</summary>
    /// <param name="caller">The current client.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="answer">What the target answered.</param>
    public void Note(int caller, TraceOperation operation, long answer)
    {
        switch (operation.Command)
        {
            case TraceCommand.NewPool when answer >= 0:
                Add(caller, (int)answer, operation.Uuid(0));
                break;
            case TraceCommand.RestoreNew when answer >= 0:
                Add(operation.Number(0), (int)answer, operation.Uuid(2));
                break;
            case TraceCommand.Destroy when answer == 1:
                Leave(caller, operation.Number(0));
                break;
            case TraceCommand.KillClient:
                _pools.Keys.Where(key => key.Client == operation.Number(0)).ToList().ForEach(key => Leave(key.Client, key.Pool));
                break;
            case TraceCommand.Put or TraceCommand.PutData or TraceCommand.PutBad:
                Put(caller, operation, isStored: answer == 1);
                break;
            case TraceCommand.FlushP:
                PagesOf(caller, operation.Number(0), operation.Object(1))?.Remove(operation.Word(4));
                break;
            case TraceCommand.FlushO:
                PagesOf(caller, operation.Number(0), operation.Object(1))?.Clear();
                break;
            case TraceCommand.RFlush:
                PagesOf(operation.Number(0), operation.Number(1), operation.Object(2))?.Remove(operation.Word(5));
                break;
            default:
                break;
        }
    }

    private static ulong HashOf(TraceOperation put)
    {
        Span<byte> page = stackalloc byte[TmemPool.PageBytes];
        put.FillPage(page);
        return TracePage.Hash(page);
    }

    private void Put(int caller, TraceOperation operation, bool isStored)
    {
        if (!isStored)
        {
            PagesOf(caller, operation.Number(0), operation.Object(1))?.Remove(operation.Word(4));
        }
        else if (_pools.TryGetValue((caller, operation.Number(0)), out Pool? pool))
        {
            ref Dictionary<uint, TraceOperation>? pages =
                ref CollectionsMarshal.GetValueRefOrAddDefault(pool.Objects, operation.Object(1), out _);
            pages ??= [];
            pages[operation.Word(4)] = operation;
        }
    }

    private Dictionary<uint, TraceOperation>? PagesOf(int client, int pool, ObjectId objectId) =>
        _pools.TryGetValue((client, pool), out Pool? known) ? known.Objects.GetValueOrDefault(objectId) : null;

    /// <summary>Enters a pool; the target says what became of it, since a shared one may turn out private.</summary>
    private void Add(int client, int pool, PoolUuid uuid)
    {
        long flags = target.Control(PoolFlags, pool, client, 0, 0);
        Pool? known = null;
        if ((flags & SharedFlag) != 0)
        {
            _shared.TryGetValue(uuid, out known);
            _shared[uuid] = known ??= new Pool((flags & PersistentFlag) != 0);
        }

        known ??= new Pool((flags & PersistentFlag) != 0);
        known.Members++;
        _pools[(client, pool)] = known;
    }

    private void Leave(int client, int pool)
    {
        if (_pools.Remove((client, pool), out Pool? known) && --known.Members == 0)
        {
            _shared.Where(pair => pair.Value == known).Select(pair => pair.Key).ToList().ForEach(uuid => _shared.Remove(uuid));
        }
    }
}
