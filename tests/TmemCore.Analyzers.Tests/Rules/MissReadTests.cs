namespace TmemCore.Analyzers.Tests.Rules;

public class MissReadTests
{
    private const string Id = "TMEM206";

    [Theory]
    [InlineData("[|pool.Get(1, 0, page)|]; file.Write(page);")]
    [InlineData("[|pool.Get(1, 0, page.AsSpan())|]; file.Write(page, 0, 4096);")]
    [InlineData("[|pool.GetEntry(1, 0, page, out int length)|]; file.Write(page, 0, length);")]
    [InlineData("[|pool.Get(1, 0, page)|]; Console.WriteLine(page[0] + 1);")]
    [InlineData("[|pool.Get(1, 0, page)|]; foreach (byte one in page) { Console.WriteLine(one); }")]
    [InlineData("if (file.CanWrite) { [|pool.Get(1, 0, page)|]; } file.Write(page);")]
    [InlineData("for (uint i = 0; i < 4; i++) { [|pool.Get(1, i, page)|]; file.Write(page); }")]
    [InlineData("if (pool.Get(1, 0, page) != GetResult.Hit) { file.Write([|page|]); }")]
    [InlineData("if (!(pool.Get(1, 0, page) == GetResult.Hit)) { file.Write([|page|]); }")]
    [InlineData("if (pool.Get(1, 0, page) == GetResult.Miss) { file.Write([|page|]); }")]
    [InlineData("if (pool.Get(1, 0, page) is not GetResult.Hit) { file.Write([|page|]); }")]
    [InlineData("if (pool.Get(1, 0, page) is GetResult.Hit) { file.Write(page); } else { file.Write([|page|]); }")]
    [InlineData("GetResult got = pool.Get(1, 0, page); if (got != GetResult.Hit) { file.Write([|page|]); }")]
    [InlineData("int sum = pool.Get(1, 0, page) == GetResult.Hit ? page[0] : [|page|][1]; Console.WriteLine(sum);")]
    [InlineData("switch (pool.Get(1, 0, page)) { case GetResult.Hit: file.Write(page); break; case GetResult.Miss: file.Write([|page|]); break; }")]
    [InlineData("int sum = pool.Get(1, 0, page) switch { GetResult.Hit => 1, GetResult.Miss => [|page|][1] + 1, _ => 0 }; Console.WriteLine(sum);")]
    public Task A_read_of_what_was_not_found_is_reported(string body) => Verify.ReportsAsync(Id, InMethod(body));

    [Theory]
    [InlineData("_ = pool.Get(1, 0, page); file.Write(page);")]
    [InlineData("if (pool.Get(1, 0, page) == GetResult.Hit) { file.Write(page); }")]
    [InlineData("if (pool.Get(1, 0, page) != GetResult.Hit) { return; } file.Write(page);")]
    [InlineData("if (pool.Get(1, 0, page) != GetResult.Hit) { file.ReadExactly(page); file.Write(page); }")]
    [InlineData("if (pool.Get(1, 0, page) != GetResult.Hit) { page[0] = 1; file.Write(page); }")]
    [InlineData("page.AsSpan().Fill(255); if (pool.Get(1, 0, page) != GetResult.Hit) { file.Write(page); }")]
    [InlineData("file.ReadExactly(page); pool.Get(1, 0, page); file.Write(page);")]
    [InlineData("pool.Get(1, 0, page); file.ReadExactly(page); file.Write(page);")]
    [InlineData("pool.Get(1, 0, page);")]
    [InlineData("if (file.CanWrite) { pool.Get(1, 0, page); return; } file.Write(page);")]
    [InlineData("if (file.CanWrite) { pool.Get(1, 0, page); } else { file.Write(page); }")]
    [InlineData("if (pool.Get(1, 0, page) != GetResult.Hit || file.CanRead) { file.Write(page); }")]
    [InlineData("GetResult got = pool.Get(1, 0, page); if (got == GetResult.Miss) { got = GetResult.Hit; } if (got != GetResult.Hit) { file.Write(page); }")]
    [InlineData("GetResult got = pool.Get(1, 0, page); file.ReadExactly(page); if (got != GetResult.Hit) { file.Write(page); }")]
    [InlineData("for (uint i = 0; i < 4; i++) { if (pool.Get(1, i, page) != GetResult.Hit) { file.Write(page); } }")]
    [InlineData("switch (pool.Get(1, 0, page)) { case GetResult.Miss: file.ReadExactly(page); file.Write(page); break; default: file.Write(page); break; }")]
    [InlineData("Action show = () => file.Write(page); pool.Get(1, 0, page); show();")]
    [InlineData("byte[] other = page; pool.Get(1, 0, page); file.Write(other);")]
    public Task What_may_have_been_written_is_left_alone(string body) => Verify.QuietAsync(InMethod(body));

    [Fact]
    public Task A_buffer_of_the_caller_is_left_alone() => Verify.QuietAsync("""
        static class Store
        {
            static void Load(EphemeralPool pool, Span<byte> page, Stream file)
            {
                pool.Take(1, 0, page);
                file.Write(page);
            }
        }
        """);

    [Fact]
    public Task Every_kind_of_function_and_of_pool_is_looked_at() => Verify.ReportsAsync(Id, """
        static class Store
        {
            static byte[] Load(SharedEphemeralPool pool)
            {
                byte[] page = GC.AllocateUninitializedArray<byte>(4096);
                [|pool.Get(1, 0, page)|];
                return page;
            }

            static byte Stacked(EphemeralPool pool)
            {
                Span<byte> page = stackalloc byte[4096];
                [|pool.Take(1, 0, page)|];
                return page[7];
            }

            static async Task CopyAsync(RetainingPool pool, Stream file)
            {
                byte[] page = new byte[4096];
                [|pool.Get(1, 0, page)|];
                await file.WriteAsync(page);
            }

            static IEnumerable<int> Each(RetainingPool pool)
            {
                byte[] page = new byte[4096];
                [|pool.Get(1, 0, page)|];
                yield return page[0];
            }

            static void Nested(RetainingPool pool, Stream file)
            {
                Action copy = () =>
                {
                    byte[] page = new byte[4096];
                    if (pool.Get(1, 0, page) != GetResult.Hit)
                    {
                        file.Write([|page|]);
                    }
                };
                copy();
                Copy();

                void Copy()
                {
                    byte[] page = new byte[4096];
                    [|pool.Get(1, 0, page)|];
                    file.Write(page);
                }
            }
        }

        sealed class Reader(RetainingPool pool)
        {
            byte First
            {
                get
                {
                    byte[] page = new byte[4096];
                    [|pool.Get(1, 0, page)|];
                    return page[0];
                }
            }
        }
        """);

    [Fact]
    public Task Top_level_statements_are_looked_at() => Verify.ReportsAsync(Id, """
        using TmemHost host = new();
        using TmemClient client = host.CreateClient();
        using EphemeralPool pool = client.CreateEphemeralPool();
        byte[] page = new byte[4096];
        [|pool.Take(1, 0, page)|];
        Console.WriteLine(page[0] + page[1]);
        """);

    [Fact]
    public Task Generated_code_is_not_looked_at() =>
        Verify.QuietAsync("// <auto-generated/>\n#nullable enable\n" + InMethod("pool.Get(1, 0, page); file.Write(page);"));

    [Fact]
    public Task Broken_code_is_endured() => Verify.QuietAsync(
        InMethod("if (pool.Get(1, 0, page) != GetResult.) { file.Write(page; }"), new Scene { MayBeBroken = true });

    private static string InMethod(string body) => $$"""
        static class Store
        {
            static void Load(RetainingPool pool, Stream file)
            {
                byte[] page = new byte[4096];
                {{body}}
            }
        }
        """;
}
