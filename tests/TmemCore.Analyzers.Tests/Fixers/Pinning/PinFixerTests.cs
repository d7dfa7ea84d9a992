using TmemCore.CodeFixes.Pinning;

namespace TmemCore.Analyzers.Tests.Fixers.Pinning;

public class PinFixerTests
{
    private const string Native = """
        public static unsafe class Native
        {
            [DllImport("n")] public static extern int Call(void* data, int length);
            [DllImport("n")] public static extern int Bytes(byte* data);
            [DllImport("n")] public static extern int Take(nint data);
        }


        """;

    [Fact]
    public Task Statements_are_wrapped_each_by_itself() => Verify.FixesAsync(
        "TMEM101",
        Native + """
        public static unsafe class C
        {
            public static int M()
            {
                byte[] page = new byte[4096];
                int[] words = new int[4];

                // The page first.
                Native.Bytes([|(byte*)Unsafe.AsPointer(ref page[0])|]);
                Native.Take([|(nint)Unsafe.AsPointer(ref words[2])|]);
                return Native.Call([|Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(page))|], page.Length);
            }
        }
        """,
        Native + """
        public static unsafe class C
        {
            public static int M()
            {
                byte[] page = new byte[4096];
                int[] words = new int[4];

                // The page first.
                fixed (byte* pinned = page)
                {
                    Native.Bytes(pinned);
                }
                fixed (int* pinned = &words[2])
                {
                    Native.Take((nint)pinned);
                }
                fixed (byte* pinned = page)
                {
                    return Native.Call(pinned, page.Length);
                }
            }
        }
        """,
        PinFixer.FixedKey);

    [Fact]
    public Task A_declaration_is_taken_apart() => Verify.FixesAsync(
        "TMEM101",
        Native + """
        public static class C
        {
            public static int M()
            {
                byte[] page = new byte[4096];
                var result = Native.Take([|Marshal.UnsafeAddrOfPinnedArrayElement(page, 0)|]);
                return result;
            }
        }
        """,
        Native + """
        public static class C
        {
            public static int M()
            {
                byte[] page = new byte[4096];
                int result;
                unsafe
                {
                    fixed (byte* pinned = page)
                    {
                        result = Native.Take((nint)pinned);
                    }
                }
                return result;
            }
        }
        """,
        PinFixer.FixedKey);

    [Fact]
    public Task An_expression_body_becomes_a_block() => Verify.FixesAsync(
        "TMEM103",
        Native + """
        public static unsafe class C
        {
            public static int M(ReadOnlySpan<char> text) =>
                Native.Call([|Unsafe.AsPointer(ref MemoryMarshal.GetReference(text))|], text.Length);

            public static void N(ref long value) => Native.Take([|(nint)Unsafe.AsPointer(ref value)|]);
        }
        """,
        Native + """
        public static unsafe class C
        {
            public static int M(ReadOnlySpan<char> text)
            {
                fixed (char* pinned = text)
                {
                    return Native.Call(pinned, text.Length);
                }
            }

            public static void N(ref long value)
            {
                fixed (long* pinned = &value)
                {
                    Native.Take((nint)pinned);
                }
            }
        }
        """,
        PinFixer.FixedKey);

    [Fact]
    public Task A_lease_takes_the_place_of_an_array() => Verify.FixesAsync(
        "TMEM101",
        Native + """
        public static unsafe class C
        {
            public static byte M()
            {
                byte[] page = new byte[4096];
                Native.Call([|Unsafe.AsPointer(ref page[0])|], page.Length);
                Native.Take([|Marshal.UnsafeAddrOfPinnedArrayElement(page, 0)|]);
                return page[0];
            }
        }
        """,
        Native + """
        public static unsafe class C
        {
            public static byte M()
            {
                byte[] page = new byte[4096];
                using (var lease = HypercallBufferPool.Shared.Rent(page.Length))
                {
                    page.CopyTo(lease.Span);
                    Native.Call((void*)lease.DangerousAddress, page.Length);
                    lease.Span.CopyTo(page);
                }
                using (var lease = HypercallBufferPool.Shared.Rent(page.Length))
                {
                    page.CopyTo(lease.Span);
                    Native.Take(lease.DangerousAddress);
                    lease.Span.CopyTo(page);
                }
                return page[0];
            }
        }
        """,
        PinFixer.LeaseKey);

    [Theory]
    [InlineData("byte[] m = new byte[4]; if (Native.Take([|(nint)Unsafe.AsPointer(ref m[0])|]) == 0) { m[0] = 1; }")]
    [InlineData("byte[] m = new byte[4]; Func<int> f = () => Native.Take([|(nint)Unsafe.AsPointer(ref (new byte[4])[0])|]);")]
    public Task Nothing_is_offered_where_a_block_does_not_fit(string body) => Verify.OffersNothingAsync(
        "TMEM101", Native + "public static unsafe class C\n{\n    public static void M()\n    {\n        " + body + "\n    }\n}\n");

    [Fact]
    public Task A_lease_is_declared_with_using() => Verify.FixesAsync(
        "TMEM106",
        """
        public static class C
        {
            public static int M()
            {
                // One for all.
                HypercallBuffer [|lease|] = HypercallBufferPool.Shared.Rent(64);
                var [|other|] = HypercallBufferPool.Shared.Rent(64);
                return lease.Span[0] + other.Span[0];
            }
        }
        """,
        """
        public static class C
        {
            public static int M()
            {
                // One for all.
                using HypercallBuffer lease = HypercallBufferPool.Shared.Rent(64);
                using var other = HypercallBufferPool.Shared.Rent(64);
                return lease.Span[0] + other.Span[0];
            }
        }
        """);

    [Fact]
    public Task A_handle_is_declared_with_using() => Verify.FixesAsync(
        "TMEM105",
        Native + """
        public static unsafe class C
        {
            public static int M(Memory<byte> page)
            {
                MemoryHandle handle = [|page.Pin()|];
                return Native.Call(handle.Pointer, page.Length);
            }
        }
        """,
        Native + """
        public static unsafe class C
        {
            public static int M(Memory<byte> page)
            {
                using MemoryHandle handle = page.Pin();
                return Native.Call(handle.Pointer, page.Length);
            }
        }
        """);

    [Fact]
    public Task An_address_in_a_local_is_pinned_up_to_its_last_use() => Verify.FixesAsync(
        "TMEM101",
        Native + """
        public static unsafe class C
        {
            public static int M(bool isTwice)
            {
                byte[] page = new byte[4096];

                // Where the page is.
                nint address = (nint)Unsafe.AsPointer(ref page[0]);
                Native.Take([|address|]);
                if (isTwice)
                {
                    Native.Take([|address|]);
                }

                return page[0];
            }

            public static int N(int[] given)
            {
                int[] words = new int[given.Length];
                int* start = (int*)Unsafe.AsPointer(ref words[2]);
                return Native.Call([|start|], words.Length);
            }
        }
        """,
        Native + """
        public static unsafe class C
        {
            public static int M(bool isTwice)
            {
                byte[] page = new byte[4096];

                // Where the page is.
                fixed (byte* pinned = page)
                {
                    nint address = (nint)pinned;
                    Native.Take(address);
                    if (isTwice)
                    {
                        Native.Take(address);
                    }
                }

                return page[0];
            }

            public static int N(int[] given)
            {
                int[] words = new int[given.Length];
                fixed (int* pinned = &words[2])
                {
                    int* start = pinned;
                    return Native.Call(start, words.Length);
                }
            }
        }
        """,
        PinFixer.FixedKey);

    [Theory]
    [InlineData("nint a = (nint)Unsafe.AsPointer(ref page[0]); int n = Native.Take([|a|]); Console.WriteLine(n); Console.WriteLine(n);")]
    [InlineData("nint a = (nint)Unsafe.AsPointer(ref page[0]); Native.Take([|a|]); using var s = new MemoryStream(); Native.Take([|a|]);")]
    [InlineData("nint a = (nint)Unsafe.AsPointer(ref page[0]); a = a + 1; Native.Take([|a|]);")]
    [InlineData("nint a = (nint)Unsafe.AsPointer(ref page[0]), c = 0; Native.Take([|a|] ); Native.Take(c);")]
    public Task Nothing_is_offered_where_the_statements_cannot_be_a_block(string body) => Verify.OffersNothingAsync(
        "TMEM101",
        Native + $$"""
        public static unsafe class C
        {
            public static void M()
            {
                byte[] page = new byte[4096];
                {{body}}
            }
        }
        """,
        PinFixer.FixedKey);
}
