using System.Globalization;
using TmemCore.Abi;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Replay;

/// <summary>Replays one trace on a target and judges the results.</summary>
internal sealed class TraceReplay
{
    private const int ListBufferBytes = 65_536;
    private const int QueryUuid = (int)SaveGetPoolUuidOp.Number;
    private const int MismatchesKept = 10;

    private readonly TraceFile _trace;
    private readonly IReplayTarget _target;
    private readonly TraceComparer _comparer;
    private readonly ContentModel? _model;
    private readonly byte[] _page = new byte[TmemPool.PageBytes];
    private readonly List<TraceMismatch> _mismatches = [];
    private int _caller;
    private long _operations;
    private long _mismatchCount;
    private long _ephemeralGets;
    private long _ephemeralHits;

    /// <summary>Prepares a replay.</summary>
    /// <param name="trace">The trace, none of whose operations has been read yet.</param>
    /// <param name="target">What to replay it on, fresh.</param>
    public TraceReplay(TraceFile trace, IReplayTarget target)
    {
        _trace = trace;
        _target = target;
        _comparer = new TraceComparer(trace.Header);
        _model = trace.Header.Class == TraceClass.Statistical ? new ContentModel(target) : null;
        _target.AddDomain(_caller);
    }

    /// <summary>Replays the trace.</summary>
    /// <param name="onResult">Told each result in the trace's own form.</param>
    /// <exception cref="InvalidDataException">A line of the file is not understood.</exception>
    public TraceReport Run(Action<string>? onResult = null)
    {
        foreach (TraceOperation operation in _trace.ReadOperations())
        {
            _operations++;
            long answer = Execute(operation, out string result);
            onResult?.Invoke(result);
            if (Judge(operation, answer, result) is TraceMismatch mismatch)
            {
                _mismatchCount++;
                if (_mismatches.Count < MismatchesKept)
                {
                    _mismatches.Add(mismatch);
                }
            }
        }

        return new TraceReport
        {
            Path = _trace.Path,
            Header = _trace.Header,
            Operations = _operations,
            Mismatches = _mismatchCount,
            FirstMismatches = _mismatches,
            HitRate = _ephemeralGets == 0 ? 0 : (double)_ephemeralHits / _ephemeralGets,
            ReferenceHitRate = _trace.Summary.HitRate,
        };
    }

    /// <summary>In a statistical trace only content is judged; elsewhere the whole result.</summary>
    private TraceMismatch? Judge(TraceOperation operation, long answer, string result)
    {
        if (_model is null)
        {
            return _comparer.Compare(operation, result);
        }

        bool isRight = true;
        if (operation.Command is TraceCommand.Get or TraceCommand.GetBad && _model.IsEphemeral(_caller, operation.Number(0)))
        {
            _ephemeralGets++;
            _ephemeralHits += answer == 1 ? 1 : 0;
        }

        if (operation.Command == TraceCommand.Get && answer == 1)
        {
            isRight = _model.IsRight(_caller, operation, TracePage.Hash(_page));
        }

        _model.Note(_caller, operation, answer);
        return isRight
            ? null
            : new TraceMismatch(operation.Line, operation.Text, "the page last put there, or none", result);
    }

    private long Execute(TraceOperation op, out string result)
    {
        string detail = "";
        long answer = op.Command switch
        {
            TraceCommand.Client => Enter(op.Number(0)),
            TraceCommand.KillClient => _target.RemoveDomain(op.Number(0)),
            TraceCommand.NewPool => _target.NewPool(_caller, op.Uuid(0), op.Word(2)),
            TraceCommand.Destroy => _target.DestroyPool(_caller, op.Number(0)),
            TraceCommand.Put or TraceCommand.PutData => Put(op),
            TraceCommand.PutBad => _target.PutUnreadable(_caller, op.Number(0), op.Object(1), op.Word(4)),
            TraceCommand.Get => Get(op, out detail),
            TraceCommand.GetBad => _target.GetUnwritable(_caller, op.Number(0), op.Object(1), op.Word(4)),
            TraceCommand.FlushP => _target.FlushPage(_caller, op.Number(0), op.Object(1), op.Word(4)),
            TraceCommand.FlushO => _target.FlushObject(_caller, op.Number(0), op.Object(1)),
            TraceCommand.BadOp => _target.Unknown(_caller, op.Word(0), op.Number(1)),
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
        _caller = client;
        _target.AddDomain(client);
        return 0;
    }

    private long Put(TraceOperation operation)
    {
        operation.FillPage(_page);
        return _target.Put(_caller, operation.Number(0), operation.Object(1), operation.Word(4), _page);
    }

    private long Get(TraceOperation operation, out string hash)
    {
        long answer = _target.Get(_caller, operation.Number(0), operation.Object(1), operation.Word(4), _page);
        hash = answer == 1 ? TracePage.Hash(_page).ToString("x16", CultureInfo.InvariantCulture) : "";
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
