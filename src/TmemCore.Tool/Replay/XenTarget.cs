using System.Text;
using TmemCore.Abi;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Replay;

/// <summary>
/// The hypervisor below this machine, called from its control domain, which is client 0. Whatever a trace says of other
/// clients than this domain cannot be replayed there, nor can a domain's death. Pools it made are gone when it is.
/// </summary>
internal sealed partial class XenTarget : IReplayTarget
{
    /// <summary>A frame that no machine has.</summary>
    private const ulong AbsentFrame = (1UL << 40) - 1;

    private const int ControlDomain = 0;
    private const int NoPool = -1;

    private readonly IHypercallPort _port;
    private readonly MachineFrames _frames;
    private readonly HypercallClient _client;
    private readonly HypercallControl _control;
    private readonly TmemAbi _abi;
    private readonly GuestOps.Caller<OpPort> _ops;
    private readonly HashSet<int> _pools = [];

    /// <summary>Takes a hypervisor that is open, and one frame.</summary>
    /// <param name="port">The hypervisor; it stays the caller's.</param>
    /// <param name="frames">One frame of this domain at least; they go with the target.</param>
    /// <param name="control">The form in which the hypervisor is controlled.</param>
    public XenTarget(XenPort port, MachineFrames frames, ControlInterface control)
    {
        _port = port;
        _frames = frames;
        _control = new HypercallControl(port, control, port.Buffers);
        _client = new HypercallClient(port);
        _abi = new TmemAbi(control.Generation);
        _ops = new GuestOps.Caller<OpPort>(_abi, new OpPort(port));
    }

    /// <inheritdoc/>
    public void AddDomain(int domain)
    {
        if (domain != ControlDomain)
        {
            throw new NotSupportedException(
                $"The trace calls as client {domain}; this is domain {ControlDomain}, and a hypervisor takes calls for no other.");
        }
    }

    /// <inheritdoc/>
    public long RemoveDomain(int domain) => throw new NotSupportedException(
        "The trace has a client die; no domain can be made to die for a replay.");

    /// <inheritdoc/>
    public long NewPool(int caller, PoolUuid uuid, uint flags)
    {
        long answer = _client.NewPool(uuid, flags);
        if (answer >= 0)
        {
            _pools.Add((int)answer);
        }

        return answer;
    }

    /// <inheritdoc/>
    public long DestroyPool(int caller, int pool)
    {
        _pools.Remove(pool);
        return _client.DestroyPool(pool);
    }

    /// <inheritdoc/>
    public long Put(int caller, int pool, in ObjectId objectId, uint index, ReadOnlySpan<byte> page)
    {
        page.CopyTo(_frames.GetPage(0));
        return _client.Put(pool, objectId, index, _frames, 0);
    }

    /// <inheritdoc/>
    public long PutUnreadable(int caller, int pool, in ObjectId objectId, uint index) =>
        _client.Put(pool, objectId, index, AbsentFrame);

    /// <inheritdoc/>
    public long Get(int caller, int pool, in ObjectId objectId, uint index, Span<byte> page)
    {
        long answer = _client.Get(pool, objectId, index, _frames, 0);
        if (answer == 1)
        {
            _frames.GetPage(0).CopyTo(page);
        }

        return answer;
    }

    /// <inheritdoc/>
    public long GetUnwritable(int caller, int pool, in ObjectId objectId, uint index) =>
        _client.Get(pool, objectId, index, AbsentFrame);

    /// <inheritdoc/>
    public long FlushPage(int caller, int pool, in ObjectId objectId, uint index) => _client.FlushPage(pool, objectId, index);

    /// <inheritdoc/>
    public long FlushObject(int caller, int pool, in ObjectId objectId) => _client.FlushObject(pool, objectId);

    /// <inheritdoc/>
    public long Unknown(int caller, uint command, int pool)
    {
        Span<byte> op = stackalloc byte[TmemOp.MaxSize];
        int length = new TmemOp { Command = command, PoolId = pool }.Write(_abi, op);
        return _port.Call(HypercallNumber.TmemOp, op[..length]);
    }

    /// <inheritdoc/>
    public long List(int client, int bufferBytes, bool isLong, out string text)
    {
        var buffer = new byte[bufferBytes];
        long answer = _control.Control(
            NoPool, ControlSubOp.List, (uint)client, (uint)bufferBytes, isLong ? 1u : 0, 0UL, buffer);
        int end = Array.IndexOf(buffer, (byte)0);
        text = answer == 0 ? Encoding.ASCII.GetString(buffer, 0, end < 0 ? buffer.Length : end) : "";
        return answer;
    }

    /// <inheritdoc/>
    public long RestoreFlushPage(int client, int pool, in ObjectId objectId, uint index) =>
        _control.Control(pool, ControlSubOp.RestoreFlushPage, (uint)client, 0, index, objectId, []);

    /// <summary>Destroys the pools that are left, and gives the frames back.</summary>
    public void Dispose()
    {
        foreach (int pool in _pools)
        {
            _ = _client.DestroyPool(pool);
        }

        _pools.Clear();
        _frames.Dispose();
    }
}
