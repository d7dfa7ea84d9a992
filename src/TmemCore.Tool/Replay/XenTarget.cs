using System.Buffers.Binary;
using System.Text;
using TmemCore.Abi;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Replay;

/// <summary>
/// The hypervisor below this machine, called from its control domain, which is client 0. Whatever a trace says of other clients than this domain cannot be replayed there, nor
/// can a domain's death.
/// </summary>
internal sealed class XenTarget : IReplayTarget
{
    /// <summary>A frame that no machine has.</summary>
    private const ulong AbsentFrame = (1UL << 40) - 1;

    private const int UuidBytes = 16;
    private const int ControlDomain = 0;

    private readonly IHypercallPort _port;
    private readonly MachineFrames _frames;
    private readonly HypercallClient _client;
    private readonly HypercallControl _control;
    private readonly GuestOps.Caller<OpPort> _ops;

    /// <summary>Takes a hypervisor that is open, and one frame.</summary>
    /// <param name="port">The hypervisor; it stays the caller's.</param>
    /// <param name="frames">One frame of this domain at least; they go with the target.</param>
    public XenTarget(XenPort port, MachineFrames frames)
    {
        _port = port;
        _frames = frames;
        _control = new HypercallControl(port, ControlInterface.Detect(port, port.Version), port.Buffers);
        _client = new HypercallClient(port);
        _ops = new GuestOps.Caller<OpPort>(new TmemAbi(AbiGeneration.V1Hypercall), new OpPort(port));
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
    public long NewPool(int caller, PoolUuid uuid, uint flags) => _client.NewPool(uuid, flags);

    /// <inheritdoc/>
    public long DestroyPool(int caller, int pool) => _client.DestroyPool(pool);

    /// <inheritdoc/>
    public long Put(int caller, int pool, in ObjectId objectId, uint index, ReadOnlySpan<byte> page)
    {
        page.CopyTo(_frames.GetPage(0));
        return _client.Put(pool, objectId, index, _frames.GetFrame(0));
    }

    /// <inheritdoc/>
    public long PutUnreadable(int caller, int pool, in ObjectId objectId, uint index) =>
        _client.Put(pool, objectId, index, AbsentFrame);

    /// <inheritdoc/>
    public long Get(int caller, int pool, in ObjectId objectId, uint index, Span<byte> page)
    {
        long answer = _client.Get(pool, objectId, index, _frames.GetFrame(0));
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
        int length = new TmemOp { Command = command, PoolId = pool }.Write(new TmemAbi(AbiGeneration.V1Hypercall), op);
        return _port.Call(HypercallNumber.TmemOp, op[..length]);
    }

    /// <inheritdoc/>
    public long Control(int subop, int pool, int client, uint argument1, uint argument2)
    {
        // The last form of control has these two arguments where the others have their second.
        var operation = (ControlSubOp)subop;
        bool isSecond = _control.Interface.Form == ControlForm.SysctlWithLength
            && (operation is ControlSubOp.Flush or ControlSubOp.SaveBegin);
        (uint first, uint second) = isSecond ? (0, argument1) : (argument1, argument2);
        return _control.Control(pool, operation, (uint)client, first, second, 0UL, []);
    }

    /// <inheritdoc/>
    public long GetPoolUuid(int client, int pool, out PoolUuid uuid)
    {
        Span<byte> buffer = stackalloc byte[UuidBytes];
        long answer = _control.Control(pool, ControlSubOp.SaveGetPoolUuid, (uint)client, 0, 0, 0UL, buffer);
        uuid = new PoolUuid(
            BinaryPrimitives.ReadUInt64LittleEndian(buffer),
            BinaryPrimitives.ReadUInt64LittleEndian(buffer[sizeof(ulong)..]));
        return answer;
    }

    /// <inheritdoc/>
    public long List(int client, int bufferBytes, bool isLong, out string text)
    {
        var buffer = new byte[bufferBytes];
        long answer = _control.Control(
            -1, ControlSubOp.List, (uint)client, (uint)bufferBytes, isLong ? 1u : 0, 0UL, buffer);
        int end = Array.IndexOf(buffer, (byte)0);
        text = answer == 0 ? Encoding.ASCII.GetString(buffer, 0, end < 0 ? buffer.Length : end) : "";
        return answer;
    }

    /// <inheritdoc/>
    public long Authorize(int client, PoolUuid uuid, uint flag) =>
        _ops.Auth(new AuthOp { ClientId = (uint)client, Uuid = uuid, Flags = flag });

    /// <inheritdoc/>
    public long RestoreNewPool(int client, int pool, PoolUuid uuid, uint flags) => _ops.RestoreNew(
        new RestoreNewOp { ClientId = (uint)client, PoolId = pool, Uuid = uuid, Flags = (TmemPoolFlags)flags });

    /// <inheritdoc/>
    public long RestoreFlushPage(int client, int pool, in ObjectId objectId, uint index) =>
        _control.Control(pool, ControlSubOp.RestoreFlushPage, (uint)client, 0, index, objectId, []);

    /// <summary>Gives the frames back.</summary>
    public void Dispose() => _frames.Dispose();
}
