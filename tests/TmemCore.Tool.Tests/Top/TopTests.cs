using TmemCore.Statistics;
using TmemCore.Tool.Terminal;
using TmemCore.Tool.Top;
using Xunit;

namespace TmemCore.Tool.Tests.Top;

/// <summary>Rates, histories and order of what <c>tmem top</c> shows.</summary>
public sealed class TopTests
{
    [Fact]
    public void Rates_are_of_the_time_between_two_looks()
    {
        var model = new TopModel();
        TopView first = model.Add(ListOf(operations: 100, evictions: 5, Client(1, puts: 10, gets: 20, hits: 10)), seconds: 0);
        TopView second = model.Add(ListOf(operations: 160, evictions: 11, Client(1, puts: 14, gets: 30, hits: 18), Client(2, puts: 7, gets: 0, hits: 0)), seconds: 2);

        Assert.True(double.IsNaN(first.OperationsPerSecond) && double.IsNaN(first.Clients[0].PutsPerSecond) && double.IsNaN(first.Clients[0].HitRatio));
        Assert.Equal((30, 3), (second.OperationsPerSecond, second.EvictionsPerSecond));
        Assert.Equal((2, 5, 0.8), (second.Clients[0].PutsPerSecond, second.Clients[0].GetsPerSecond, second.Clients[0].HitRatio));

        // One that has come since the last look has no rate yet.
        Assert.True(double.IsNaN(second.Clients[1].PutsPerSecond));
    }

    [Fact]
    public void A_number_used_again_by_another_client_gives_no_negative_rate_and_a_client_that_went_no_history()
    {
        var model = new TopModel();
        model.Add(ListOf(operations: 0, evictions: 0, Client(1, puts: 1000, gets: 0, hits: 0)), seconds: 0);
        model.Add(ListOf(operations: 0, evictions: 0, Client(1, puts: 1000, gets: 10, hits: 10)), seconds: 1);
        Assert.Equal(0, model.Add(ListOf(operations: 0, evictions: 0, Client(1, puts: 3, gets: 0, hits: 0)), seconds: 1).Clients[0].PutsPerSecond);
        model.Add(ListOf(operations: 0, evictions: 0), seconds: 1);
        Assert.Empty(model.Add(ListOf(operations: 0, evictions: 0, Client(1, puts: 3, gets: 0, hits: 0)), seconds: 1).Clients[0].History);
    }

    [Fact]
    public void A_pool_that_went_takes_nothing_from_what_the_others_did()
    {
        var model = new TopModel();
        TmemList Look(params TmemListPool[] pools) => ListOf(0, 0) with { Clients = [new() { Id = 1 }], Pools = pools };
        TmemListPool Pool(int id, long gets, long hits) => new() { ClientId = 1, Id = id, Counts = new() { Gets = gets, GetHits = hits } };
        model.Add(Look(Pool(0, gets: 1000, hits: 0), Pool(1, gets: 50, hits: 50)), seconds: 0);

        TopClient client = model.Add(Look(Pool(1, gets: 150, hits: 100), Pool(2, gets: 100, hits: 100)), seconds: 1).Clients[0];
        Assert.Equal((200, 0.75), (client.GetsPerSecond, client.HitRatio));

        // Another pool has the number of one that went: what it did is not known, but never more hits than gets.
        client = model.Add(Look(Pool(1, gets: 151, hits: 151)), seconds: 1).Clients[0];
        Assert.Equal((1, 1), (client.GetsPerSecond, client.HitRatio));
    }

    [Fact]
    public void Histories_end()
    {
        var model = new TopModel();
        TopView view = model.Add(ListOf(0, 0, Client(1, 0, 0, 0)), seconds: 0);
        for (int look = 1; look < 50; look++)
        {
            view = model.Add(ListOf(look, look, Client(1, look, look, look)), seconds: 1);
        }

        Assert.Equal((20, 20), (view.Evictions.Count, view.Clients[0].History.Count));
    }

    [Theory]
    [InlineData(TopSort.Pages, "3 1 2")]
    [InlineData(TopSort.Activity, "2 1 3")]
    [InlineData(TopSort.Hits, "1 3 2")]
    [InlineData(TopSort.Id, "1 2 3")]
    public void Clients_are_sorted_as_wanted(object sort, string order)
    {
        TopClient Of(int id, long pages, double puts, double hits) => new(id, "", 100, pages, 0, 4096, puts, 0, hits, []);
        var view = new TopView(6, 6, 0, 1, 1, [], [Of(3, 30, 1, 0.5), Of(1, 20, 5, 0.9), Of(2, 10, 9, double.NaN)]);
        IEnumerable<string> rows = TopText.Lines(view, (TopSort)sort).SkipWhile(static line => !line.StartsWith("client", StringComparison.Ordinal)).Skip(1);
        Assert.Equal(order, string.Join(' ', rows.Select(static row => row.Split(' ')[0])));
    }

    [Fact]
    public void What_a_store_may_hold_is_shown_with_its_reason_where_it_is_told()
    {
        var memory = new MemoryStatistics
        {
            CapacityBytes = 8L << 30,
            TargetBytes = 3L << 30,
            CommittedBytes = 1L << 30,
            Reason = TargetReason.Short,
            Source = "the machine",
            AvailableBytes = 900L << 20,
            ReserveBytes = 1200L << 20,
            SomeStall = 0.25,
        };
        TopView view = new TopModel().Add(ListOf(0, 0), seconds: 0, memory);
        Assert.Contains(
            "holds 1 GiB of 3 GiB that it may hold just now, at most 8 GiB: the machine has 900 MiB available, 1,200 MiB are to stay free, "
                + "tasks wait for memory 25 % of the time and none gets on 0 %: memory is given back",
            TopText.Lines(view, TopSort.Pages));
        Assert.DoesNotContain(
            TopText.Lines(new TopModel().Add(ListOf(0, 0), seconds: 0), TopSort.Pages), static line => line.StartsWith("holds", StringComparison.Ordinal));
    }

    [Fact]
    public void A_spark_goes_from_the_lowest_bar_to_the_highest()
    {
        Assert.Equal("▁▁▅██", TopText.Spark([0, 0.1, 0.5, 1, 7], most: 1));
        Assert.Equal("▁", TopText.Spark([0], most: 0));
    }

    [Fact]
    public void A_screen_shows_what_there_is_room_for_and_gives_the_terminal_back()
    {
        using var output = new StringWriter();
        var console = new ToolConsole(output, TextWriter.Null, isInteractive: false);
        console.Screen.Profile.Width = 10;
        console.Screen.Profile.Height = 4;
        using (var screen = new TopScreen(console))
        {
            screen.Show(["123456789012345", "two", "three"], "foot");
        }

        string text = output.ToString();
        Assert.StartsWith("\u001b[?1049h", text, StringComparison.Ordinal);
        Assert.EndsWith("\u001b[?25h\u001b[?1049l", text, StringComparison.Ordinal);
        Assert.Contains("1234567890\u001b[K\r\ntwo\u001b[K\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("three", text, StringComparison.Ordinal);
        Assert.Contains("\u001b[4;1Hfoot", text, StringComparison.Ordinal);
    }

    private static TmemList ListOf(long operations, long evictions, params (TmemListClient Client, TmemListPool Pool)[] clients) => new()
    {
        Host = new TmemListHost { Operations = operations, Evictions = evictions },
        Clients = [.. clients.Select(static one => one.Client)],
        Pools = [.. clients.Select(static one => one.Pool)],
    };

    private static (TmemListClient Client, TmemListPool Pool) Client(int id, long puts, long gets, long hits) => (
        new TmemListClient { Id = id, Weight = 100 },
        new TmemListPool { ClientId = id, Counts = new() { Pages = 1, Puts = puts, Gets = gets, GetHits = hits } });
}
