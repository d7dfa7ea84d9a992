namespace TmemCore.Analyzers.Tests.Rules;

public class DelegateLifetimeTests
{
    private const string Id = "TMEM111";

    [Theory]
    [InlineData("nint a = [|Marshal.GetFunctionPointerForDelegate<Callback>(x => x + number)|]; Native.Set(a);")]
    [InlineData("Callback c = x => x + number; Native.Set([|Marshal.GetFunctionPointerForDelegate(c)|]);")]
    [InlineData("Callback c = x => this.Count + x; Native.Set([|Marshal.GetFunctionPointerForDelegate(c)|]);")]
    [InlineData("Callback c = new(Twice); Native.Set([|Marshal.GetFunctionPointerForDelegate(c)|]);")]
    [InlineData("int Add(int x) => x + number; Native.Set([|Marshal.GetFunctionPointerForDelegate<Callback>(Add)|]);")]
    public Task Delegates_that_nothing_keeps_are_reported(string body) => Verify.ReportsAsync(Id, InMethod(body));

    [Theory]
    [InlineData("Native.Set(Marshal.GetFunctionPointerForDelegate<Callback>(static x => x + 1));")]
    [InlineData("Native.Set(Marshal.GetFunctionPointerForDelegate<Callback>(x => x + 1));")]
    [InlineData("Callback c = x => x + 1; Native.Set(Marshal.GetFunctionPointerForDelegate(c));")]
    [InlineData("Callback c = delegate(int x) { int y = x; return Twice(y); }; Native.Set(Marshal.GetFunctionPointerForDelegate(c));")]
    [InlineData("const int One = 1; Callback c = x => x + One + s_sum; Native.Set(Marshal.GetFunctionPointerForDelegate(c));")]
    [InlineData("Callback c = x => x + number; Native.Set(Marshal.GetFunctionPointerForDelegate(c)); GC.KeepAlive(c);")]
    [InlineData("Native.Set(Marshal.GetFunctionPointerForDelegate(s_kept));")]
    public Task Delegates_that_something_keeps_are_left_alone(string body) => Verify.QuietAsync(InMethod(body));

    [Fact]
    public Task What_runs_once_makes_delegates_that_are_not_kept() => Verify.ReportsAsync(Id, """
        static class Once
        {
            private static readonly nint s_first = [|Marshal.GetFunctionPointerForDelegate<Action>(static () => { })|];
            private static readonly nint s_second;

            static Once() => s_second = [|Marshal.GetFunctionPointerForDelegate<Action>(() => { })|];

            public static nint Both => s_first + s_second;
        }
        """);

    private static string InMethod(string body) => $$"""
        delegate int Callback(int x);

        static class Native
        {
            [DllImport("n")] public static extern void Set(nint callback);
        }

        sealed class Caller
        {
            private static readonly Callback s_kept = Twice;
            private static int s_sum = 0;

            public int Count { get; set; }

            public void Run(int number)
            {
                {{body}}
            }

            private static int Twice(int x) => 2 * x + s_sum++;
        }
        """;
}
