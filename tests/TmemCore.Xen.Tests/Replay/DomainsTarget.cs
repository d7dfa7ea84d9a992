using System.Globalization;
using System.Text.RegularExpressions;
using TmemCore.Dispatch;
using TmemCore.Hypercalls;
using TmemCore.Tests.Hypercalls;
using TmemCore.Tool.Replay;
using TraceHeader = TmemCore.Tool.Replay.TraceHeader;

namespace TmemCore.Xen.Tests.Replay;

/// <summary>
/// A machine with several domains, each of which calls the same hypervisor through a control device and a
/// <see cref="XenTarget"/> of its own: what one domain cannot replay alone. Control is domain 0's.
/// </summary>
internal sealed partial class DomainsTarget : IReplayTarget
{
    private readonly TmemHost _host;
    private readonly TmemDispatcher _dispatcher;
    private readonly TraceHeader _header;
    private readonly XenVersion _version;
    private readonly bool _isAllocated;
    private readonly Dictionary<int, (FakeXen Xen, XenPort Port, XenTarget Target)> _domains = [];
    private long _controls;
    private long _refusedControls;

    /// <param name="header">The trace's options.</param>
    /// <param name="minor">The release of Xen 4 that the hypervisor is.</param>
    /// <param name="isAllocated">Whether the domains' frames are fresh ones, or translated.</param>
    public DomainsTarget(TraceHeader header, int minor, bool isAllocated)
    {
        _header = header;
        _version = new XenVersion(4, minor);
        _isAllocated = isAllocated;
        _host = new TmemHost(EmbeddedTarget.OptionsFor(header, shards: 1));
        _dispatcher = new TmemDispatcher(_host, new TmemClientOptions
        {
            PersistentAllowanceBytes = header.PersistentFrames * TmemPool.PageBytes,
        });
    }

    private bool IsSysctl => _version.Minor >= 6;

    private IReplayTarget Toolstack => _domains[0].Target;

    public IReadOnlyList<string> Verify() => _host.Verify();

    public void AddDomain(int domain)
    {
        if (_domains.ContainsKey(domain))
        {
            return;
        }

        var xen = new FakeXen(_version);
        xen.ServeFrom(_dispatcher, domain);
        XenPort port = xen.Open();
        MachineFrames frames = _isAllocated ? MachineFrames.Allocate(port, 1) : MachineFrames.Translate(port, 1);
        ControlInterface control = IsSysctl ? ControlInterface.Sysctl(xen.InterfaceVersion) : ControlInterface.Hypercall;
        _domains.Add(domain, (xen, port, new XenTarget(port, frames, control)));
    }

    public long RemoveDomain(int domain) => _dispatcher.RemoveDomain(domain);

    public long NewPool(int caller, PoolUuid uuid, uint flags) => TargetOf(caller).NewPool(caller, uuid, flags);

    public long DestroyPool(int caller, int pool) => TargetOf(caller).DestroyPool(caller, pool);

    public long Put(int caller, int pool, in ObjectId objectId, uint index, ReadOnlySpan<byte> page) =>
        TargetOf(caller).Put(caller, pool, objectId, index, page);

    public long PutUnreadable(int caller, int pool, in ObjectId objectId, uint index) =>
        TargetOf(caller).PutUnreadable(caller, pool, objectId, index);

    public long Get(int caller, int pool, in ObjectId objectId, uint index, Span<byte> page) =>
        TargetOf(caller).Get(caller, pool, objectId, index, page);

    public long GetUnwritable(int caller, int pool, in ObjectId objectId, uint index) =>
        TargetOf(caller).GetUnwritable(caller, pool, objectId, index);

    public long FlushPage(int caller, int pool, in ObjectId objectId, uint index) =>
        TargetOf(caller).FlushPage(caller, pool, objectId, index);

    public long FlushObject(int caller, int pool, in ObjectId objectId) =>
        TargetOf(caller).FlushObject(caller, pool, objectId);

    public long Unknown(int caller, uint command, int pool) => TargetOf(caller).Unknown(caller, command, pool);

    public long Control(int subop, int pool, int client, uint argument1, uint argument2)
    {
        // With content sharing on, the original ignores the setting: every client keeps the one it began with.
        bool isIgnored = subop == (int)ControlSubOp.SetCompress && _header.Deduplicates;
        argument1 = isIgnored ? (_header.Compresses ? 1u : 0) : argument1;
        return Counted(Toolstack.Control(subop, pool, client, argument1, argument2));
    }

    public long GetPoolUuid(int client, int pool, out PoolUuid uuid) =>
        Counted(Toolstack.GetPoolUuid(client, pool, out uuid));

    public long List(int client, int bufferBytes, bool isLong, out string text)
    {
        long answer = Counted(Toolstack.List(client, bufferBytes, isLong, out text));

        // Sysctls never came by where the hypervisor counts its operations: add them, as the trace has them counted.
        text = IsSysctl ? Operations().Replace(text, Add) : text;
        return answer;
    }

    public long Authorize(int client, PoolUuid uuid, uint flag)
    {
        long answer = Toolstack.Authorize(client, uuid, flag);
        return _version.Minor >= 9 ? Counted(answer) : answer;
    }

    public long RestoreNewPool(int client, int pool, PoolUuid uuid, uint flags)
    {
        long answer = Toolstack.RestoreNewPool(client, pool, uuid, flags);
        return _version.Minor >= 9 ? Counted(answer) : answer;
    }

    public long RestoreFlushPage(int client, int pool, in ObjectId objectId, uint index) =>
        Counted(Toolstack.RestoreFlushPage(client, pool, objectId, index));

    /// <summary>Gives everything back, and asserts that it has been.</summary>
    public void Dispose()
    {
        foreach ((FakeXen xen, XenPort port, XenTarget target) in _domains.Values)
        {
            target.Dispose();
            xen.AssertNothingIsHeld();
            port.Dispose();
        }

        _domains.Clear();
        _host.Dispose();
    }

    [GeneratedRegex("^G=Tt:([0-9]+),Te:([0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Operations();

    private string Add(Match match)
    {
        long total = long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) + _controls;
        long refused = long.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) + _refusedControls;
        return string.Create(CultureInfo.InvariantCulture, $"G=Tt:{total},Te:{refused}");
    }

    private IReplayTarget TargetOf(int domain) => _domains[domain].Target;

    private long Counted(long answer)
    {
        _controls++;
        _refusedControls += answer < 0 ? 1 : 0;
        return answer;
    }
}
