namespace TmemCore.Tests.Engine.Concurrency;

/// <summary>
/// Decides whether the calls on one handle could have happened one after the other, each at some moment between its begin and
/// its end. It follows the history event by event and keeps every state that is possible: the version stored, and which
/// of the calls under way have taken effect already.
/// </summary>
internal sealed class LinearityChecker(PageRules rules)
{
    private const ulong Absent = 0;

    private readonly Dictionary<int, CallRecord> _underway = [];
    private HashSet<(ulong Version, ulong Done)> _possible = [(Absent, 0)];

    /// <summary>Looks for an order.</summary>
    /// <param name="calls">All calls on the handle; one thread has one under way at a time.</param>
    /// <returns>The first call that no order explains, or null when all is well.</returns>
    public CallRecord? FirstUnexplained(IEnumerable<CallRecord> calls)
    {
        List<CallRecord> all = [.. calls];
        IEnumerable<(long Stamp, bool IsReturn, CallRecord Call)> events = all
            .SelectMany(call => new[] { (call.Invoked, false, call), (call.Returned, true, call) })
            .OrderBy(item => item.Item1);
        foreach ((_, bool isReturn, CallRecord call) in events)
        {
            if (!isReturn)
            {
                _underway.Add(call.Thread, call);
                continue;
            }

            Spread();
            ulong bit = 1UL << call.Thread;
            _possible = [.. _possible.Where(state => (state.Done & bit) != 0).Select(state => (state.Version, state.Done & ~bit))];
            if (_possible.Count == 0)
            {
                return call;
            }

            _underway.Remove(call.Thread);
        }

        return null;
    }

    /// <summary>Adds all states that calls under way, or evictions, could lead to.</summary>
    private void Spread()
    {
        var waiting = new Stack<(ulong Version, ulong Done)>(_possible);
        while (waiting.TryPop(out (ulong Version, ulong Done) state))
        {
            if (rules.MayVanish && state.Version != Absent)
            {
                Reach((Absent, state.Done));
            }

            foreach (CallRecord call in _underway.Values)
            {
                ulong bit = 1UL << call.Thread;
                if ((state.Done & bit) == 0 && TryApply(call, state.Version, out ulong version))
                {
                    Reach((version, state.Done | bit));
                }
            }
        }

        void Reach((ulong, ulong) state)
        {
            if (_possible.Add(state))
            {
                waiting.Push(state);
            }
        }
    }

    private bool TryApply(in CallRecord call, ulong before, out ulong after)
    {
        after = before;
        switch (call.Answer)
        {
            case CallAnswer.Stored:
                after = call.Version;
                return true;
            case CallAnswer.RefusedAbsent or CallAnswer.Miss:
                return before == Absent;
            case CallAnswer.RefusedDropped or CallAnswer.Flushed:
                after = Absent;
                return true;
            case CallAnswer.Hit:
                after = rules.IsTaken ? Absent : before;
                return before == call.Version;
            default:
                return true;
        }
    }
}
