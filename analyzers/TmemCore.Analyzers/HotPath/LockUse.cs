using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using TmemCore.Analyzers.Usage;

namespace TmemCore.Analyzers.HotPath;

/// <summary>A lock that is taken, and the text in which it is held.</summary>
internal sealed class LockUse
{
    private LockUse(IOperation taken, IOperation place, TextSpan held)
    {
        Lock = taken;
        Function = FunctionOf(place);
        Held = held;
    }

    /// <summary>The expression that is the lock.</summary>
    public IOperation Lock { get; }

    private IOperation? Function { get; }

    private TextSpan Held { get; }

    /// <summary>The locks a body takes: with <c>lock</c>, with a scope that <c>using</c> ends, or with a call that another call ends.</summary>
    public static IEnumerable<LockUse> In(IOperation body)
    {
        foreach (IOperation operation in body.DescendantsAndSelf())
        {
            if (operation is ILockOperation statement)
            {
                yield return new LockUse(LibraryCalls.Bare(statement.LockedValue), statement, statement.Body.Syntax.Span);
            }
            else if (operation is IInvocationOperation call && TakenBy(call) is IOperation taken)
            {
                yield return new LockUse(LibraryCalls.Bare(taken), call, HeldAfter(call, LibraryCalls.Bare(taken), body));
            }
        }
    }

    /// <summary>Whether this lock is held where another is taken.</summary>
    public bool IsHeldAt(LockUse taken) => Function == taken.Function && Held.Contains(taken.Lock.Syntax.Span);

    public static ISymbol? SymbolOf(IOperation held) => held switch
    {
        IMemberReferenceOperation member => member.Member,
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    private static IOperation? TakenBy(IInvocationOperation call) => (call.TargetMethod.ContainingType.Name, call.TargetMethod.Name) switch
    {
        ("Monitor", "Enter") => call.Arguments[0].Value,
        ("Lock", "Enter" or "EnterScope") => call.Instance,
        ("ReaderWriterLockSlim", "EnterReadLock" or "EnterWriteLock" or "EnterUpgradeableReadLock") => call.Instance,
        ("Mutex" or "SemaphoreSlim", "WaitOne" or "Wait") when call.TargetMethod.Parameters.IsEmpty => call.Instance,
        _ => null,
    };

    private static IOperation? ReleasedBy(IInvocationOperation call) => (call.TargetMethod.ContainingType.Name, call.TargetMethod.Name) switch
    {
        ("Monitor", "Exit") => call.Arguments[0].Value,
        ("Lock", "Exit") => call.Instance,
        ("ReaderWriterLockSlim", "ExitReadLock" or "ExitWriteLock" or "ExitUpgradeableReadLock") => call.Instance,
        ("Mutex" or "SemaphoreSlim", "ReleaseMutex" or "Release") => call.Instance,
        _ => null,
    };

    /// <summary>From a call to where <c>using</c> ends its scope, to the next call in the text that lets go of the same lock, or to the end.</summary>
    private static TextSpan HeldAfter(IInvocationOperation call, IOperation taken, IOperation body)
    {
        int start = call.Syntax.Span.End;
        for (IOperation at = call; at.Parent is IOperation parent; at = parent)
        {
            if (parent is IUsingOperation statement)
            {
                return statement.Body.Syntax.Span;
            }

            if (parent is IUsingDeclarationOperation { Parent: IOperation block })
            {
                return TextSpan.FromBounds(start, block.Syntax.Span.End);
            }
        }

        IOperation? function = FunctionOf(call);
        int end = body.DescendantsAndSelf().OfType<IInvocationOperation>()
            .Where(one => one.Syntax.SpanStart > start && FunctionOf(one) == function && ReleasedBy(one) is IOperation released && AreSame(LibraryCalls.Bare(released), taken))
            .Select(one => one.Syntax.SpanStart)
            .DefaultIfEmpty(body.Syntax.Span.End)
            .Min();
        return TextSpan.FromBounds(start, Math.Max(start, end));
    }

    private static bool AreSame(IOperation one, IOperation other) =>
        SymbolOf(one) is ISymbol symbol && SymbolEqualityComparer.Default.Equals(symbol, SymbolOf(other));

    private static IOperation? FunctionOf(IOperation operation)
    {
        IOperation? around = operation;
        while (around is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation))
        {
            around = around.Parent;
        }

        return around;
    }
}
