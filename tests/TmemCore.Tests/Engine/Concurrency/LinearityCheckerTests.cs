using Xunit;

namespace TmemCore.Tests.Engine.Concurrency;

/// <summary>The checker itself, on histories written by hand: it must accept what some order explains and nothing else.</summary>
public sealed class LinearityCheckerTests
{
    private static readonly PageRules s_persistent = new(MayVanish: false, IsTaken: false);
    private static readonly PageRules s_ephemeral = new(MayVanish: true, IsTaken: true);

    [Fact]
    public void Calls_that_overlap_may_take_effect_in_either_order()
    {
        Assert.Null(Check(s_persistent, Put(0, 1, 1, 4), Get(1, 1, 2, 3)));
        Assert.Null(Check(s_persistent, Put(0, 1, 1, 4), Miss(1, 2, 3)));
    }

    [Fact]
    public void A_get_after_a_put_must_not_miss_a_persistent_page()
    {
        Assert.NotNull(Check(s_persistent, Put(0, 1, 1, 2), Miss(1, 3, 4)));
        Assert.Null(Check(s_ephemeral, Put(0, 1, 1, 2), Miss(1, 3, 4)));
    }

    [Fact]
    public void A_get_must_not_find_a_page_that_was_replaced_before_it_began() =>
        Assert.NotNull(Check(s_ephemeral, Put(0, 1, 1, 2), Put(0, 2, 3, 4), Get(1, 1, 5, 6)));

    [Fact]
    public void A_page_is_taken_once() =>
        Assert.NotNull(Check(s_ephemeral, Put(0, 1, 1, 2), Get(1, 1, 3, 6), Get(2, 1, 4, 5)));

    [Fact]
    public void A_page_that_was_evicted_does_not_come_back() =>
        Assert.NotNull(Check(new PageRules(MayVanish: true, IsTaken: false), Put(0, 1, 1, 2), Miss(1, 3, 4), Get(1, 1, 5, 6)));

    [Fact]
    public void A_put_refused_for_want_of_memory_says_that_the_handle_was_absent() =>
        Assert.NotNull(Check(
            s_persistent,
            Put(0, 1, 1, 2),
            new CallRecord(1, CallKind.Put, CallAnswer.RefusedAbsent, 2, 3, 4)));

    [Fact]
    public void Two_gets_must_agree_on_the_order_of_two_puts() => Assert.NotNull(Check(
        s_persistent,
        Put(0, 1, 1, 8),
        Put(1, 2, 2, 9),
        Get(2, 1, 3, 4),
        Get(2, 2, 5, 6),
        Get(2, 1, 10, 11)));

    private static CallRecord? Check(PageRules rules, params CallRecord[] calls) =>
        new LinearityChecker(rules).FirstUnexplained(calls);

    private static CallRecord Put(int thread, ulong version, long invoked, long returned) =>
        new(thread, CallKind.Put, CallAnswer.Stored, version, invoked, returned);

    private static CallRecord Get(int thread, ulong version, long invoked, long returned) =>
        new(thread, CallKind.Get, CallAnswer.Hit, version, invoked, returned);

    private static CallRecord Miss(int thread, long invoked, long returned) =>
        new(thread, CallKind.Get, CallAnswer.Miss, 0, invoked, returned);
}
