using TmemCore.Hypercalls;

namespace TmemCore.Tool.Replay;

/// <summary>Replays one trace on a target and judges the results.</summary>
internal sealed class TraceReplay
{
    private const int MismatchesKept = 10;

    private readonly TraceFile _trace;
    private readonly TraceExecutor _executor;
    private readonly TraceComparer _comparer;
    private readonly ContentModel? _model;
    private readonly List<TraceMismatch> _mismatches = [];
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
        _executor = new TraceExecutor(target);
        _comparer = new TraceComparer(trace.Header);
        _model = trace.Header.Class == TraceClass.Statistical ? new ContentModel(target) : null;
    }

    /// <summary>Replays the trace.</summary>
    /// <param name="onResult">Told each result in the trace's own form.</param>
    /// <exception cref="InvalidDataException">A line of the file is not understood.</exception>
    public TraceReport Run(Action<string>? onResult = null)
    {
        foreach (TraceOperation operation in _trace.ReadOperations())
        {
            _operations++;
            long answer = _executor.Execute(operation, out string result);
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
        if (operation.Command is TraceCommand.Get or TraceCommand.GetBad && _model.IsEphemeral(_executor.Caller, operation.Number(0)))
        {
            _ephemeralGets++;
            _ephemeralHits += answer == 1 ? 1 : 0;
        }

        if (operation.Command == TraceCommand.Get && answer == 1)
        {
            isRight = _model.IsRight(_executor.Caller, operation, TracePage.Hash(_executor.Page));
        }

        _model.Note(_executor.Caller, operation, answer);
        return isRight
            ? null
            : new TraceMismatch(operation.Line, operation.Text, "the page last put there, or none", result);
    }
}
