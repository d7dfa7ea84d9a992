using System.Globalization;
using TmemCore.Abi;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Replay;

/// <summary>Executes operations of traces on a target, one after the other, and writes what comes of them as traces do.</summary>
internal sealed class TraceExecutor
{
    private const int ListBufferBytes = 65_536;
    private const int QueryUuid = (int)SaveGetPoolUuidOp.Number;

    private readonly IReplayTarget _target;

    /// <summary>Begins as domain 0.</summary>
    public TraceExecutor(IReplayTarget target)
    {
        _target = target;
        _target.AddDomain(Caller);
    }

    /// <summary>The domain that calls.</summary>
    public int Caller { get; private set; }

    /// <summary>The page of the last put or hit, 4,096 bytes.</summary>
    public byte[] Page { get; } = new byte[TmemPool.PageBytes];

    /// <summary>Executes an operation.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="result">Its result in the trace's own form.</param>
    /// <returns>The number in it.</returns>
    public long Execute(TraceOperation op, out string result)
    {
        string detail = "";
        long answer = op.Command switch
        {
            TraceCommand.Client => Enter(op.Number(0)),
            TraceCommand.KillClient => _target.RemoveDomain(op.Number(0)),
            TraceCommand.NewPool => _target.NewPool(Caller, op.Uuid(0), op.Word(2)),
            TraceCommand.Destroy => _target.DestroyPool(Caller, op.Number(0)),
            TraceCommand.Put or TraceCommand.PutData => Put(op),
            TraceCommand.PutBad => _target.PutUnreadable(Caller, op.Number(0), op.Object(1), op.Word(4)),
            TraceCommand.Get => Get(op, out detail),
            TraceCommand.GetBad => _target.GetUnwritable(Caller, op.Number(0), op.Object(1), op.Word(4)),
            TraceCommand.FlushP => _target.FlushPage(Caller, op.Number(0), op.Object(1), op.Word(4)),
            TraceCommand.FlushO => _target.FlushObject(Caller, op.Number(0), op.Object(1)),
            TraceCommand.BadOp => _target.Unknown(Caller, op.Word(0), op.Number(1)),
            TraceCommand.Ctl => Control(op, out detail),
            TraceCommand.List => List(op, out detail),
            TraceCommand.Auth => _target.Authorize(op.Number(0), op.Uuid(1), op.Word(3)),
            TraceCommand.RestoreNew => _target.RestoreNewPool(op.Number(0), op.Number(1), op.Uuid(2), op.Word(4)),
            TraceCommand.RFlush => _target.RestoreFlushPage(op.Number(0), op.Number(1), op.Object(2), op.Word(5)),
            _ => throw new InvalidOperationException($"Operation {op.Command} cannot be replayed."),
        };
        result = detail.Length == 0
            ? answer.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{answer} {detail}");
        return answer;
    }

    private long Enter(int client)
    {
        Caller = client;
        _target.AddDomain(client);
        return 0;
    }

    private long Put(TraceOperation operation)
    {
        operation.FillPage(Page);
        return _target.Put(Caller, operation.Number(0), operation.Object(1), operation.Word(4), Page);
    }

    private long Get(TraceOperation operation, out string hash)
    {
        long answer = _target.Get(Caller, operation.Number(0), operation.Object(1), operation.Word(4), Page);
        hash = answer == 1 ? TracePage.Hash(Page).ToString("x16", CultureInfo.InvariantCulture) : "";
        return answer;
    }

    private long Control(TraceOperation operation, out string uuidText)
    {
        uuidText = "";
        if (operation.Number(0) != QueryUuid)
        {
            return _target.Control(
                operation.Number(0), operation.Number(1), operation.Number(2), operation.Word(3), operation.Word(4));
        }

        long answer = _target.GetPoolUuid(operation.Number(2), operation.Number(1), out PoolUuid uuid);
        uuidText = answer == 0 ? string.Create(CultureInfo.InvariantCulture, $"{uuid.Low:x16} {uuid.High:x16}") : "";
        return answer;
    }

    private long List(TraceOperation operation, out string text)
    {
        long answer = _target.List(operation.Number(0), ListBufferBytes, operation.Word(1) != 0, out text);
        text = answer == 0 ? text.Replace('\n', '|') : "";
        return answer;
    }
}
