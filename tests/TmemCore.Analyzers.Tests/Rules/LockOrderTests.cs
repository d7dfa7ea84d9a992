namespace TmemCore.Analyzers.Tests.Rules;

public class LockOrderTests
{
    private const string Id = "TMEM302";

    [Theory]
    [InlineData("lock (_pools) { lock ([|_clients|]) { } }")]
    [InlineData("lock (_pages) { lock (_other) { lock ([|_clients|]) { } } }")]
    [InlineData("lock (_pages) { lock (([|_clients|])) { } lock ([|_pools|]) { } }")]
    [InlineData("Monitor.Enter(_pools); Monitor.Enter([|_clients|]); Monitor.Exit(_clients); Monitor.Exit(_pools);")]
    [InlineData("Monitor.Enter(_pools); try { lock ([|_clients|]) { } } finally { Monitor.Exit(_pools); }")]
    [InlineData("_gate.Enter(); try { lock ([|_clients|]) { } } finally { _gate.Exit(); }")]
    [InlineData("using (_gate.EnterScope()) { lock ([|_clients|]) { } }")]
    [InlineData("using var scope = _gate.EnterScope(); lock ([|_clients|]) { }")]
    [InlineData("lock (_gate) { lock ([|_clients|]) { } }")]
    [InlineData("_map.EnterWriteLock(); lock ([|_clients|]) { } _map.ExitWriteLock();")]
    [InlineData("lock (_map) { [|_gate|].Enter(); _gate.Exit(); }")]
    [InlineData("Action run = () => { lock (_pools) { lock ([|_clients|]) { } } }; run();")]
    [InlineData("void Run() { lock (_pools) { lock ([|_clients|]) { } } } Run();")]
    [InlineData("lock (new Journal()) { lock ([|_clients|]) { } }")]
    [InlineData("lock (next._pools) { lock ([|next._clients|]) { } }")]
    public Task Locks_out_of_order_are_reported(string body) => Verify.ReportsAsync(Id, InMethod(body), Ordered());

    [Theory]
    [InlineData("lock (_clients) { lock (_pools) { lock (_pages) { } } }")]
    [InlineData("lock (_pools) { } lock (_clients) { }")]
    [InlineData("lock (_pools) { lock (_other) { } }")]
    [InlineData("lock (_other) { lock (_clients) { } }")]
    [InlineData("lock (_pools) { lock (_pools) { } }")]
    [InlineData("Monitor.Enter(_pools); Monitor.Exit(_pools); lock (_clients) { }")]
    [InlineData("using (_gate.EnterScope()) { } lock (_clients) { }")]
    [InlineData("{ using var scope = _gate.EnterScope(); } lock (_clients) { }")]
    [InlineData("lock (_pools) { Action later = () => { lock (_clients) { } }; later(); }")]
    [InlineData("lock (_pools) { if (Monitor.TryEnter(_clients)) { Monitor.Exit(_clients); } }")]
    public Task Locks_in_order_and_locks_without_a_place_are_left_alone(string body) => Verify.QuietAsync(InMethod(body), Ordered());

    [Fact]
    public Task A_lock_of_another_type_with_the_same_name_has_its_own_place() => Verify.ReportsAsync(
        Id,
        """
        sealed class Host
        {
            private readonly Lock _gate = new();

            public Lock Gate => _gate;

            void Run(Pool pool)
            {
                lock (_gate)
                {
                    lock (pool._gate) { }
                }

                lock (pool._gate)
                {
                    lock ([|_gate|]) { }
                }
            }
        }

        sealed class Pool
        {
            public readonly Lock _gate = new();
        }
        """,
        Ordered("Host._gate, Pool._gate"));

    [Fact]
    public Task Without_an_order_nothing_is_reported() =>
        Verify.QuietAsync(InMethod("lock (_pools) { lock (_clients) { } }"), new Scene { Families = [Id] });

    [Fact]
    public Task It_is_off_unless_it_is_switched_on() =>
        Verify.QuietAsync(InMethod("lock (_pools) { lock (_clients) { } }"), Ordered() with { EveryRule = false });

    [Fact]
    public Task Broken_code_is_endured() => Verify.QuietAsync(
        "class C { object _clients, _pools; void M() { lock (_pools) { lock ( } Monitor.Enter(); using (_pools. } }",
        Ordered() with { MayBeBroken = true });

    private static Scene Ordered(string order = "_clients, _gate,_pools, Journal, _map, _pages") =>
        new Scene { Families = [Id] }.With("tmem_lock_order", order);

    private static string InMethod(string body) => $$"""
        sealed class Journal;

        sealed class Store
        {
            private readonly object _clients = new();
            private readonly object _pools = new();
            private readonly object _pages = new();
            private readonly object _other = new();
            private readonly Lock _gate = new();
            private readonly ReaderWriterLockSlim _map = new();

            void Run(Store next)
            {
                {{body}}
            }
        }
        """;
}
