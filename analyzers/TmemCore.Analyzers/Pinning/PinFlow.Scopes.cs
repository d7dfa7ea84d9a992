using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace TmemCore.Analyzers.Pinning;

/// <summary>Ends of pins: leaving <c>fixed</c> and <c>using</c>, freeing, returning, suspending.</summary>
internal sealed partial class PinFlow
{
    /// <summary>Leaves the regions of a branch from the inside out.</summary>
    /// <returns>False where a finally region never ends.</returns>
    private bool Leave(ControlFlowBranch branch)
    {
        foreach (ControlFlowRegion region in branch.LeavingRegions)
        {
            foreach (ILocalSymbol local in region.Locals)
            {
                if (local.IsFixed)
                {
                    End(local, PinEnd.FixedLeft);
                }
            }

            if (region.Kind == ControlFlowRegionKind.TryAndFinally
                && branch.FinallyRegions.FirstOrDefault(inner => inner.EnclosingRegion == region) is ControlFlowRegion last
                && !RunThrough(last))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Runs a finally region on the present state, and says nothing: the region has its own turn.</summary>
    private bool RunThrough(ControlFlowRegion region)
    {
        bool reports = _reports;
        _reports = false;
        Dictionary<int, PinState> entries = new() { [region.FirstBlockOrdinal] = _state };
        SortedSet<int> waiting = [region.FirstBlockOrdinal];
        PinState? end = null;
        for (int rounds = 0; waiting.Count > 0 && rounds < RoundsPerBlockMax * (region.LastBlockOrdinal - region.FirstBlockOrdinal + 1); rounds++)
        {
            int next = waiting.Min;
            waiting.Remove(next);
            BasicBlock block = _graph.Blocks[next];
            _state = entries[next];
            foreach (IOperation operation in block.Operations)
            {
                Value(operation);
            }

            PinValue? value = block.BranchValue is null ? null : Value(block.BranchValue);
            PinState after = _state;
            foreach (ControlFlowBranch branch in new[] { block.ConditionalSuccessor, block.FallThroughSuccessor }.OfType<ControlFlowBranch>())
            {
                _state = after;
                if (IsImpossible(block, branch, value) || !Leave(branch))
                {
                    continue;
                }

                if (branch.Semantics == ControlFlowBranchSemantics.StructuredExceptionHandling)
                {
                    end = end is null ? _state : end.Join(_state);
                }
                else if (branch.Destination is { } to && to.Ordinal >= region.FirstBlockOrdinal && to.Ordinal <= region.LastBlockOrdinal)
                {
                    PinState joined = entries.TryGetValue(to.Ordinal, out PinState? before) ? before.Join(_state) : _state;
                    if (before is null || !joined.Equals(before))
                    {
                        entries[to.Ordinal] = joined;
                        waiting.Add(to.Ordinal);
                    }
                }
            }
        }

        _reports = reports;
        _state = end ?? _state;
        return end is not null;
    }

    /// <summary>The holder lets go of its memory: everything that leads there has come to its end.</summary>
    private void End(object holder, PinEnd how)
    {
        foreach (KeyValuePair<object, PinValue> pair in _state.Values)
        {
            if (!Equals(pair.Value.Holder, holder))
            {
                continue;
            }

            if (how == PinEnd.FixedLeft && pair.Value.Kind == PinKind.Fixed && IsLeftBehind(pair.Key) && pair.Value.Stored is SyntaxNode place)
            {
                SayOutlives(pair.Value, place, "kept beyond the fixed statement that pins it");
            }
        }

        _state = _state.Replace(
            value => value.Kind is PinKind.Fixed or PinKind.Held && Equals(value.Holder, holder),
            value => value with { Kind = PinKind.Ended, End = how });
        _state = _state.Replace(
            value => value.Kind is PinKind.Pending && Equals(value.Holder, holder),
            value => value with { Kind = PinKind.Ended, End = PinEnd.StillRunning });
        CheckRunning();
    }

    /// <summary>Tasks whose memory was let go. What a finally region does is looked at silently, so that they are asked for after it, too.</summary>
    private void CheckRunning()
    {
        foreach (KeyValuePair<object, PinValue> pair in _state.Values)
        {
            if (pair.Value is not { End: PinEnd.StillRunning, Origin: SyntaxNode call })
            {
                continue;
            }

            if (pair.Value.Holder is null)
            {
                Say(PinRules.PooledArrayIsReturnedEarly, call, "The array goes back to its pool while the operation may still use it");
            }
            else
            {
                Say(PinRules.OperationOutlivesBuffer, call, Name(pair.Value));
            }
        }
    }

    private void EndPool(SyntaxNode pool, SyntaxNode place)
    {
        foreach (KeyValuePair<object, PinValue> pair in _state.Values)
        {
            if (pair.Value.Kind == PinKind.Pending && pair.Value.Pool == pool)
            {
                Say(PinRules.PooledArrayIsReturnedEarly, place, "The array goes back to its pool before the operation that uses it has been awaited");
            }
        }

        _state = _state.Replace(
            value => value.Pool == pool && value.Kind != PinKind.Pending,
            value => value with { Kind = PinKind.Ended, End = PinEnd.PoolReturned });
        _state = _state.Replace(
            value => value.Pool == pool && value.Kind == PinKind.Pending,
            value => _reports ? PinValue.Unknown : value with { Kind = PinKind.Ended, End = PinEnd.StillRunning, Holder = null });
    }

    /// <summary>The method gives up its stack.</summary>
    private void Suspend() => _state = _state.Replace(
        value => value.Kind == PinKind.Stack,
        value => value with { Kind = PinKind.Ended, End = PinEnd.MethodSuspended, IsCertain = true });

    private bool IsMarkedReturn() => _method is not null && _context.Watched.OfReturn(_method, _context.Tree) is not null;

    private static bool IsLeftBehind(object key) =>
        key is FieldKey { IsOnHeap: true } or IParameterSymbol { RefKind: RefKind.Ref or RefKind.Out };

    /// <summary>At the end of the method: what is returned, and what fields still lead to.</summary>
    private void CheckLeftBehind(IOperation? returned)
    {
        PinValue? value = returned is null ? null : _state.Find(s_returned);
        if (value is not null && IsAddress(returned!.Type))
        {
            if (value.Kind == PinKind.Ended)
            {
                SayEnded(value, returned.Syntax, "returned");
            }
            else if (value is { Kind: PinKind.Managed, Origin: not null, Root: ILocalSymbol } && returned.Type is IPointerTypeSymbol or { SpecialType: SpecialType.System_IntPtr } && !IsMarkedReturn())
            {
                SayOutlives(value with { IsCertain = true }, returned.Syntax, "returned, and nothing pins it");
            }
            else if (value.Kind == PinKind.Stack && returned.Type is IPointerTypeSymbol)
            {
                SayOutlives(value with { IsCertain = true }, returned.Syntax, "returned, and the stack it is on ends with the method");
            }
        }
        else if (value is { Kind: PinKind.Ended, End: PinEnd.FixedLeft } && IsSpan(returned!.Type))
        {
            SaySpan(value, returned.Syntax);
        }

        foreach (KeyValuePair<object, PinValue> pair in _state.Values)
        {
            if (pair.Value is { Kind: PinKind.Stack, Stored: SyntaxNode place } && pair.Key is FieldKey { IsOnHeap: true, Field.Type: IPointerTypeSymbol })
            {
                SayOutlives(pair.Value with { IsCertain = true }, place, "kept beyond the method whose stack it is on");
            }
        }
    }
}
