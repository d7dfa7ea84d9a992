using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>
/// Follows addresses through one body: runs over its flow graph until what is known at every block stays as it is, then once
/// more to report. Where ways meet, only what holds on all of them is kept, so that a report is never a guess about the way.
/// </summary>
internal sealed partial class PinFlow
{
    /// <summary>Rounds after which a body is given up, without a report. A state can change only a few times per variable.</summary>
    private const int RoundsPerBlockMax = 200;

    private static readonly object s_returned = new();

    private readonly ControlFlowGraph _graph;
    private readonly IMethodSymbol? _method;
    private readonly PinContext _context;
    private readonly PinCaptures _captures;
    private readonly PinState?[] _entries;
    private readonly SortedSet<int> _waiting = [];
    private readonly Dictionary<CaptureId, IOperation> _captured = [];
    private readonly Dictionary<SyntaxNode, (IFlowAnonymousFunctionOperation Lambda, PinState Start)> _lambdas = [];
    private PinState _state = PinState.Empty;
    private PinState _start = PinState.Empty;
    private bool _reports;

    public PinFlow(ControlFlowGraph graph, IMethodSymbol? method, PinContext context, PinCaptures captures)
    {
        _graph = graph;
        _method = method;
        _context = context;
        _captures = captures;
        _entries = new PinState?[graph.Blocks.Length];
    }

    /// <summary>Follows the body, and the functions in it.</summary>
    public void Run()
    {
        if (Settle())
        {
            _reports = true;
            foreach (BasicBlock block in _graph.Blocks)
            {
                if (_entries[block.Ordinal] is PinState entry)
                {
                    Pass(block, entry);
                }
            }
        }

        foreach (IMethodSymbol function in _graph.LocalFunctions)
        {
            new PinFlow(_graph.GetLocalFunctionControlFlowGraph(function, _context.Cancellation), function, _context, _captures).Run();
        }

        foreach ((IFlowAnonymousFunctionOperation lambda, PinState start) in _lambdas.Values)
        {
            ControlFlowGraph graph = _graph.GetAnonymousFunctionControlFlowGraph(lambda, _context.Cancellation);
            new PinFlow(graph, lambda.Symbol, _context, _captures) { _start = start }.Run();
        }
    }

    private bool Settle()
    {
        _entries[0] = _start;
        _waiting.Add(0);
        for (int rounds = 0; _waiting.Count > 0; rounds++)
        {
            _context.Cancellation.ThrowIfCancellationRequested();
            if (rounds > RoundsPerBlockMax * _graph.Blocks.Length)
            {
                return false;
            }

            int next = _waiting.Min;
            _waiting.Remove(next);
            Pass(_graph.Blocks[next], _entries[next]!);
        }

        return true;
    }

    private void Pass(BasicBlock block, PinState entry)
    {
        _state = entry;
        List<int> handlers = HandlersOf(block);
        Reach(handlers);
        foreach (IOperation operation in block.Operations)
        {
            Value(operation);
            Reach(handlers);
        }

        PinValue? value = block.BranchValue is not IOperation branched ? null : IsReference(block) ? Place(branched) : Value(branched);
        PinState after = _state;
        if (block.ConditionalSuccessor is ControlFlowBranch condition)
        {
            Follow(block, condition, value, after);
        }

        if (block.FallThroughSuccessor is ControlFlowBranch plain)
        {
            Follow(block, plain, value, after);
        }
    }

    private void Follow(BasicBlock block, ControlFlowBranch branch, PinValue? value, PinState state)
    {
        if (IsImpossible(block, branch, value))
        {
            return;
        }

        _state = state;
        bool returns = branch.Semantics == ControlFlowBranchSemantics.Return;
        if (returns && value is not null)
        {
            CheckReturned(block.BranchValue!, value);
            _answer = _answer is null ? value : PinValue.Join(_answer, value);
            _state = _state.With(s_returned, value);
        }

        if (Leave(branch) && branch.Destination is BasicBlock destination)
        {
            CheckRunning();
            if (destination.Kind == BasicBlockKind.Exit)
            {
                CheckLeftBehind(returns ? block.BranchValue : null);
            }

            Reach(destination.Ordinal);
        }
    }

    private bool IsReference(BasicBlock block) => _method is { ReturnsByRef: true } or { ReturnsByRefReadonly: true }
        && block.FallThroughSuccessor?.Semantics == ControlFlowBranchSemantics.Return;

    /// <summary>
    /// What holds a lease is not null, and a handle not freed is allocated: the compiler, or the programmer, asks before it is
    /// disposed or freed.
    /// </summary>
    private static bool IsImpossible(BasicBlock block, ControlFlowBranch branch, PinValue? value)
    {
        bool isNull = block.BranchValue is IIsNullOperation;
        if (value is not { Kind: PinKind.Held } || block.ConditionKind == ControlFlowConditionKind.None
            || (!isNull && block.BranchValue is not IPropertyReferenceOperation))
        {
            return false;
        }

        bool isWhenTrue = (branch == block.ConditionalSuccessor) == (block.ConditionKind == ControlFlowConditionKind.WhenTrue);
        return isWhenTrue == isNull;
    }

    /// <summary>An exception may be thrown here. Whether a task still runs then depends on where it came from.</summary>
    private void Reach(List<int> handlers)
    {
        if (_reports || handlers.Count == 0)
        {
            return;
        }

        PinState state = _state;
        _state = state.Replace(value => value.Kind == PinKind.Pending, _ => PinValue.Unknown);
        foreach (int handler in handlers)
        {
            Reach(handler);
        }

        _state = state;
    }

    private void Reach(int block)
    {
        if (_reports)
        {
            return;
        }

        PinState? before = _entries[block];
        PinState joined = before is null ? _state : before.Join(_state);
        if (before is null || !joined.Equals(before))
        {
            _entries[block] = joined;
            _waiting.Add(block);
        }
    }

    /// <summary>Where an exception thrown in the block may lead. Beyond the root lie the regions of the function around this one.</summary>
    private static List<int> HandlersOf(BasicBlock block)
    {
        List<int> handlers = [];
        for (ControlFlowRegion region = block.EnclosingRegion; region.Kind != ControlFlowRegionKind.Root; region = region.EnclosingRegion!)
        {
            if (region.Kind == ControlFlowRegionKind.Try)
            {
                handlers.AddRange(region.EnclosingRegion!.NestedRegions.Where(other => other != region).Select(other => other.FirstBlockOrdinal));
            }
        }

        return handlers;
    }
}
