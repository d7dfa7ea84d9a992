using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TmemCore.Analyzers.Pinning;

/// <summary>
/// Signs in the text that something is in order, though the flow cannot show it. They only ever silence a report, so that it
/// is enough to read words.
/// </summary>
internal static class PinEvidence
{
    private static readonly HashSet<string> s_pinning = new(StringComparer.Ordinal)
    {
        "Alloc", "Pin", "Pack", "UnsafePack", "AllocateNativeOverlapped", "UnsafeAllocateNativeOverlapped", "PreAllocatedOverlapped", "PinnedGCHandle",
    };

    /// <summary>Names such as Pin, PinArray and PinnedArray, but not Ping.</summary>
    private static readonly Regex s_pin = new("Pin(ned|ning|[A-Z0-9_]|$)", RegexOptions.CultureInvariant);

    private static readonly HashSet<string> s_steady = new(StringComparer.Ordinal)
    {
        "GCHandle", "PinnedGCHandle", "Pin", "pinned", "NativeMemory", "AllocHGlobal", "AllocCoTaskMem", "HypercallBuffer", "HypercallBufferPool",
        "Rent", "GetAddressOfArrayData", "AllocateNativeOverlapped", "DangerousGetHandle", "AcquirePointer",
    };

    private static readonly HashSet<string> s_waiting = new(StringComparer.Ordinal)
    {
        "Wait", "WaitAll", "WaitAny", "WaitOne", "Join", "GetResult", "Result", "SignalAndWait", "RunSynchronously",
    };

    private static readonly HashSet<string> s_later = new(StringComparer.Ordinal)
    {
        "Run", "StartNew", "QueueUserWorkItem", "UnsafeQueueUserWorkItem", "ContinueWith", "Thread", "Timer", "Register", "OnCompleted",
    };

    private static readonly HashSet<string> s_harmless = new(StringComparer.Ordinal)
    {
        "GetLastWin32Error", "GetLastPInvokeError", "GetLastSystemError", "GetExceptionForHR", "GetHRForLastWin32Error", "nameof", "WriteLine",
    };

    public static bool Mentions(SyntaxNode node, string name) =>
        node.DescendantTokens().Any(token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == name);

    /// <summary>Whether the member around a place hands a variable to something that pins.</summary>
    public static bool IsPinnedSomehow(SyntaxNode place, string variable)
    {
        SyntaxNode? member = place.AncestorsAndSelf().FirstOrDefault(node => node is MemberDeclarationSyntax and not GlobalStatementSyntax) ?? place.SyntaxTree.GetRoot();
        return member.DescendantNodes().Any(node => IsPinning(node, variable));
    }

    /// <summary>Whether a call, or the making of an object, pins a variable it is given.</summary>
    public static bool IsPinning(SyntaxNode node, string variable) => node switch
    {
        InvocationExpressionSyntax call when Pins(NameOf(call.Expression)) =>
            Mentions(call.ArgumentList, variable) || (NameOf(call.Expression) == "Pin" && Mentions(call.Expression, variable)),
        ObjectCreationExpressionSyntax creation when Pins(NameOf(creation.Type)) =>
            creation.ArgumentList is not null && Mentions(creation.ArgumentList, variable),
        _ => false,
    };

    /// <summary>Whether what a private method is given may be memory that stays: some caller of it makes such.</summary>
    public static bool CallersPin(ISymbol? variable, SyntaxNode place)
    {
        if (variable is not IParameterSymbol { ContainingSymbol: IMethodSymbol method }
            || (method.DeclaredAccessibility != Accessibility.Private && method.MethodKind != MethodKind.LocalFunction))
        {
            return false;
        }

        SyntaxNode scope = place.Ancestors().OfType<TypeDeclarationSyntax>().FirstOrDefault() ?? place.SyntaxTree.GetRoot();
        return scope.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(call => NameOf(call.Expression) == method.Name)
            .Select(call => call.Ancestors().FirstOrDefault(node => node is MemberDeclarationSyntax and not GlobalStatementSyntax) ?? scope)
            .Any(MakesSteadyMemory);
    }

    /// <summary>Whether a lambda is given to something that runs it later, and nothing about it waits.</summary>
    public static bool RunsLater(SyntaxNode lambda)
    {
        SyntaxNode? user = lambda.Ancestors().FirstOrDefault(node =>
            node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax or AssignmentExpressionSyntax or ReturnStatementSyntax or StatementSyntax);
        bool runsLater = user switch
        {
            InvocationExpressionSyntax call => s_later.Contains(NameOf(call.Expression)),
            ObjectCreationExpressionSyntax creation => s_later.Contains(NameOf(creation.Type)),
            ReturnStatementSyntax => true,
            _ => false,
        };
        SyntaxNode? scope = lambda.Ancestors().FirstOrDefault(node => node is FixedStatementSyntax or BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax);
        return runsLater && scope?.DescendantTokens().Any(token => s_waiting.Contains(token.ValueText)) != true;
    }

    /// <summary>Whether nothing but asking for the error follows a call within its <c>fixed</c> statement, and nothing else pins the buffer.</summary>
    public static bool NothingWaits(SyntaxNode call, string buffer)
    {
        FixedStatementSyntax? scope = call.Ancestors().OfType<FixedStatementSyntax>().FirstOrDefault();
        return scope is not null
            && !IsPinnedSomehow(call, buffer)
            && !call.Ancestors().TakeWhile(node => node != scope).Any(node => node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax)
            && scope.Statement.DescendantNodes().OfType<InvocationExpressionSyntax>()
                .Where(other => other.SpanStart > call.SpanStart)
                .All(other => s_harmless.Contains(NameOf(other.Expression)));
    }

    private static bool Pins(string name) =>
        s_pinning.Contains(name) || (s_pin.IsMatch(name) && !name.StartsWith("UnsafeAddrOfPinned", StringComparison.Ordinal));

    public static string NameOf(SyntaxNode expression) => expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => "",
    };

    private static bool MakesSteadyMemory(SyntaxNode member) => member.DescendantTokens().Any(token =>
        token.IsKind(SyntaxKind.StackAllocKeyword) || token.IsKind(SyntaxKind.FixedKeyword) || s_steady.Contains(token.ValueText));
}
