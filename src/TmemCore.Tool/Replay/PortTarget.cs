using System.Text;
using TmemCore.Abi;
using TmemCore.Dispatch;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Replay;

/// <summary>
/// A host of this process, spoken to in bytes only: each operation is written as a guest would write it, and goes through a
/// port. Pages are in frames of a guest; one that cannot be read is a frame that does not exist.
/// </summary>
internal sealed class PortTarget : IReplayTarget
{
    private const ulong PageFrame = 0x100;
    private const ulong AbsentFrame = 0x999;
    private const ulong BufferFrame = 0x200;
    private const int BufferFrames = 17;
    private const int Toolstack = TmemDispatcher.AllClients - 1;

    private readonly TmemHost _host;
    private readonly TmemDispatcher _dispatcher;
    private readonly TraceHeader _header;
    private readonly TmemAbi _abi;
    private readonly GuestMemory _memory = new();
    private readonly byte[] _page = new byte[TmemPool.PageBytes];
    private readonly byte[] _buffer = new byte[BufferFrames * TmemPool.PageBytes];
    private readonly GuestRegistration _pageFrames;
    private readonly GuestRegistration _bufferFrames;
    private readonly Dictionary<int, GuestOps.Caller<OpPort>> _callers = [];
    private readonly OpPort _toolstack;

    /// <summary>Makes the host and the memory of its guests.</summary>
    /// <param name="header">The trace's options.</param>
    /// <param name="shards">Parts with a lock of their own; 0 leaves it to the host.</param>
    /// <param name="wordSize">Whether the guests are 64-bit or 32-bit ones.</param>
    /// <param name="reversesWeights">Whether weights act as the original's do.</param>
    public PortTarget(TraceHeader header, int shards, AbiWordSize wordSize = AbiWordSize.Bits64, bool reversesWeights = false)
    {
        _header = header;
        _abi = new TmemAbi(AbiGeneration.V1Hypercall, wordSize);
        _host = new TmemHost(EmbeddedTarget.OptionsFor(header, shards) with { ReversedWeights = reversesWeights });
        _dispatcher = new TmemDispatcher(_host, new TmemClientOptions
        {
            PersistentAllowanceBytes = header.PersistentFrames * TmemPool.PageBytes,
        });
        _pageFrames = _memory.Register(PageFrame, _page, GuestAccess.ReadWrite);
        _bufferFrames = _memory.Register(BufferFrame, _buffer, GuestAccess.ReadWrite);
        _toolstack = PortOf(Toolstack, isPrivileged: true);
    }

    private GuestOps.Caller<OpPort> Privileged => new(_abi, _toolstack);

    private ControlOps.Caller<OpPort> ControlCaller => new(_abi, _toolstack);

    /// <summary>What is wrong with the host's structures; empty when all is well.</summary>
    public IReadOnlyList<string> Verify() => _host.Verify();

    /// <inheritdoc/>
    public void AddDomain(int domain)
    {
        if (!_callers.ContainsKey(domain))
        {
            _callers.Add(domain, new GuestOps.Caller<OpPort>(_abi, PortOf(domain, isPrivileged: false)));
        }
    }

    /// <inheritdoc/>
    public long RemoveDomain(int domain) => _dispatcher.RemoveDomain(domain);

    /// <inheritdoc/>
    public long NewPool(int caller, PoolUuid uuid, uint flags) =>
        _callers[caller].NewPool(new NewPoolOp { Uuid = uuid, Flags = (TmemPoolFlags)flags });

    /// <inheritdoc/>
    public long DestroyPool(int caller, int pool) => _callers[caller].DestroyPool(new DestroyPoolOp { PoolId = pool });

    /// <inheritdoc/>
    public long Put(int caller, int pool, in ObjectId objectId, uint index, ReadOnlySpan<byte> page)
    {
        page.CopyTo(_page);
        return Put(caller, pool, objectId, index, PageFrame);
    }

    /// <inheritdoc/>
    public long PutUnreadable(int caller, int pool, in ObjectId objectId, uint index) =>
        Put(caller, pool, objectId, index, AbsentFrame);

    /// <inheritdoc/>
    public long Get(int caller, int pool, in ObjectId objectId, uint index, Span<byte> page)
    {
        long answer = Get(caller, pool, objectId, index, PageFrame);
        if (answer == 1)
        {
            _page.CopyTo(page);
        }

        return answer;
    }

    /// <inheritdoc/>
    public long GetUnwritable(int caller, int pool, in ObjectId objectId, uint index) =>
        Get(caller, pool, objectId, index, AbsentFrame);

    /// <inheritdoc/>
    public long FlushPage(int caller, int pool, in ObjectId objectId, uint index) =>
        _callers[caller].FlushPage(new FlushPageOp { PoolId = pool, Object = objectId, Index = index });

    /// <inheritdoc/>
    public long FlushObject(int caller, int pool, in ObjectId objectId) =>
        _callers[caller].FlushObject(new FlushObjectOp { PoolId = pool, Object = objectId });

    /// <inheritdoc/>
    public long Unknown(int caller, uint command, int pool)
    {
        Span<byte> bytes = stackalloc byte[TmemOp.MaxSize];
        int length = new TmemOp { Command = command, PoolId = pool }.Write(_abi, bytes);
        return PortOf(caller, isPrivileged: false).Call(bytes[..length]);
    }

    /// <inheritdoc/>
    public long Control(int subop, int pool, int client, uint argument1, uint argument2)
    {
        // With content sharing on, the original ignores the setting: every client keeps the one it began with.
        bool isIgnored = (uint)subop == SetCompressOp.Number && _header.Deduplicates;
        var arm = new TmemOp.ControlArm
        {
            Subop = (uint)subop,
            ClientId = (uint)client,
            Argument1 = isIgnored ? (_header.Compresses ? 1u : 0) : argument1,
            Argument2 = argument2,
        };
        Span<byte> bytes = stackalloc byte[TmemOp.MaxSize];
        int length = new TmemOp { PoolId = pool, Control = arm }.Write(_abi, bytes);
        return _toolstack.Call(bytes[..length]);
    }

    /// <inheritdoc/>
    public long GetPoolUuid(int client, int pool, out PoolUuid uuid)
    {
        long answer = ControlCaller.SaveGetPoolUuid(new SaveGetPoolUuidOp
        {
            ClientId = (uint)client,
            PoolId = pool,
            BufferBytes = TmemPoolUuid.MaxSize,
            Buffer = _bufferFrames.Address,
        });
        _ = TmemPoolUuid.TryRead(_abi, _buffer, out TmemPoolUuid record);
        uuid = record.Value;
        return answer;
    }

    /// <inheritdoc/>
    public long List(int client, int bufferBytes, bool isLong, out string text)
    {
        long answer = ControlCaller.List(new ListOp
        {
            ClientId = (uint)client,
            BufferBytes = (uint)Math.Min(bufferBytes, _buffer.Length),
            LongForm = isLong ? 1u : 0,
            Buffer = _bufferFrames.Address,
        });
        int end = Array.IndexOf(_buffer, (byte)0);
        text = answer == 0 ? Encoding.ASCII.GetString(_buffer, 0, end) : "";
        return answer;
    }

    /// <inheritdoc/>
    public long Authorize(int client, PoolUuid uuid, uint flag) =>
        Privileged.Auth(new AuthOp { ClientId = (uint)client, Uuid = uuid, Flags = flag });

    /// <inheritdoc/>
    public long RestoreNewPool(int client, int pool, PoolUuid uuid, uint flags) => Privileged.RestoreNew(
        new RestoreNewOp { ClientId = (uint)client, PoolId = pool, Uuid = uuid, Flags = (TmemPoolFlags)flags });

    /// <inheritdoc/>
    public long RestoreFlushPage(int client, int pool, in ObjectId objectId, uint index) => ControlCaller.RestoreFlushPage(
        new RestoreFlushPageOp { ClientId = (uint)client, PoolId = pool, Object = objectId, Index = index });

    /// <summary>Gives the host's memory and the guests' back.</summary>
    public void Dispose()
    {
        _pageFrames.Dispose();
        _bufferFrames.Dispose();
        _host.Dispose();
    }

    private long Put(int caller, int pool, in ObjectId objectId, uint index, ulong frame) =>
        _callers[caller].PutPage(new PutPageOp { PoolId = pool, Object = objectId, Index = index, Frame = frame });

    private long Get(int caller, int pool, in ObjectId objectId, uint index, ulong frame) =>
        _callers[caller].GetPage(new GetPageOp { PoolId = pool, Object = objectId, Index = index, Frame = frame });

    private OpPort PortOf(int domain, bool isPrivileged) => new(new InProcessPort(
        _dispatcher,
        domain,
        _memory,
        new InProcessPortOptions { Generation = _abi.Generation, WordSize = _abi.WordSize, IsPrivileged = isPrivileged }));
}
