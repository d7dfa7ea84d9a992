namespace TmemCore.Analyzers.Tests.Rules;

/// <summary>Single turns of the data flow; whole programs are in the corpus.</summary>
public class PinningTests
{
    private const string Native = """
        public static unsafe class Native
        {
            [DllImport("n")] public static extern int Call(void* data);
            [DllImport("n")] public static extern int Take(nint data);
            public static int Mark([PinnedBuffer] nint data) => 0;
            public static int Page([PinnedBuffer(MinimumBytes = 4096)] nint data) => 0;
            public static int Plain(nint data) => 0;
            public static int Submit([PinnedBuffer(IsKept = true)] nint data) => 0;
        }


        """;

    private static readonly Scene s_strict = Scene.Default.With("tmem_pinning_strict", "true");

    [Theory]
    [InlineData("int x = 0; Native.Call(&x);")]
    [InlineData("int x = 0; Native.Call(Unsafe.AsPointer(ref x));")]
    [InlineData("long* p = stackalloc long[4]; Native.Call(p + 1);")]
    [InlineData("Span<byte> s = stackalloc byte[4]; Native.Call(Unsafe.AsPointer(ref s[1]));")]
    [InlineData("Span<byte> s = stackalloc byte[4]; Native.Call(Unsafe.AsPointer(ref MemoryMarshal.GetReference(s.Slice(1))));")]
    [InlineData("void* p = NativeMemory.Alloc(4); Native.Call(p); NativeMemory.Free(p);")]
    [InlineData("var a = GC.AllocateArray<int>(4, pinned: true); Native.Call(Unsafe.AsPointer(ref a[0]));")]
    [InlineData("var a = GC.AllocateArray<int>(4, true); Span<int> s = a; Native.Call(Unsafe.AsPointer(ref s[2]));")]
    [InlineData("Memory<byte> m = new byte[4]; using var h = m.Pin(); Native.Call(h.Pointer);")]
    [InlineData("var m = new byte[4]; fixed (byte* p = m) { nint a = (nint)p; Native.Take(a); ulong u = (ulong)a; Native.Take((nint)u); }")]
    [InlineData("byte[]? m = null; fixed (byte* p = m) { Native.Call(p); }")]
    [InlineData("using var l = HypercallBufferPool.Shared.Rent(8); Native.Mark(l.DangerousAddress);")]
    [InlineData("ReadOnlySpan<byte> s = \"x\"u8; Native.Call(Unsafe.AsPointer(ref MemoryMarshal.GetReference(s)));")]
    [InlineData("ReadOnlySpan<byte> s = [1, 2, 3]; Native.Call(Unsafe.AsPointer(ref MemoryMarshal.GetReference(s)));")]
    [InlineData("Span<int> s = [1, 2, Environment.TickCount]; Native.Call(Unsafe.AsPointer(ref s[0]));")]
    [InlineData("Native.Take(0); Native.Call(null); Native.Mark(default);")]
    [InlineData("var m = new byte[4]; Native.Plain((nint)Unsafe.AsPointer(ref m[0]));")]
    [InlineData("nint h = Marshal.GetFunctionPointerForDelegate(s_kept); Native.Take(h);")]
    [InlineData("var m = new byte[4]; var h = GCHandle.Alloc(m, GCHandleType.Pinned); Native.Call(Unsafe.AsPointer(ref m[0])); h.Free();")]
    [InlineData("var m = new byte[4]; using var h = new PinnedArray(m); Native.Call(Unsafe.AsPointer(ref m[0]));")]
    [InlineData("var m = GC.AllocateArray<byte>(4, pinned: true); var t = (Address: (nint)Unsafe.AsPointer(ref m[0]), 1); Native.Take(t.Address);")]
    [InlineData("var m = new byte[4]; var t = (Address: (nint)Unsafe.AsPointer(ref m[0]), Other: (nint)0); Native.Take(t.Other);")]
    [InlineData("var m = new byte[4]; var t = (Address: (nint)Unsafe.AsPointer(ref m[0]), 1); t = (0, 2); Native.Take(t.Address);")]
    [InlineData("var m = new byte[4]; fixed (byte* p = m) { var (a, c) = ((nint)p, m.Length); Native.Take(a); }")]
    [InlineData("object o = GC.AllocateArray<byte>(4, pinned: true); if (o is byte[] m) { Native.Call(Unsafe.AsPointer(ref m[0])); }")]
    [InlineData("if (s_any is byte[] m) { Native.Call(Unsafe.AsPointer(ref m[0])); }")]
    [InlineData("var m = new byte[4]; fixed (byte* p = m) { Native.Submit((nint)p); Native.Call(null); }")]
    [InlineData("byte* p = stackalloc byte[4]; Native.Submit((nint)p); Native.Call(null);")]
    [InlineData("var m = GC.AllocateArray<byte>(4, pinned: true); fixed (byte* p = m) { Native.Submit((nint)p); }")]
    public Task What_is_safe_is_quiet(string body) => Verify.QuietAsync(InMethod(body));

    [Theory]
    [InlineData("TMEM101", "var m = new byte[4]; nint a = (nint)Unsafe.AsPointer(ref m[0]); if (b) { a += 1; } Native.Take([|a|]);")]
    [InlineData("TMEM101", "var m = new byte[4]; void* p = null; for (int i = 0; i < 3; i++) { Native.Call([|p|]); p = Unsafe.AsPointer(ref m[i]); }")]
    [InlineData("TMEM101", "var m = new byte[4]; var n = m; Native.Take([|Marshal.UnsafeAddrOfPinnedArrayElement(n, 1)|]);")]
    [InlineData("TMEM101", "Span<byte> s = new byte[4]; Native.Call([|Unsafe.AsPointer(ref s.GetPinnableReference())|]);")]
    [InlineData("TMEM101", "Memory<byte> m = new byte[4].AsMemory(1); Native.Call([|Unsafe.AsPointer(ref m.Span[0])|]);")]
    [InlineData("TMEM101", "var m = new long[4]; ref long r = ref m[0]; ref byte q = ref Unsafe.As<long, byte>(ref r); Native.Call([|Unsafe.AsPointer(ref Unsafe.Add(ref q, 3))|]);")]
    [InlineData("TMEM101", "var m = new byte[4]; nint a = b ? (nint)Unsafe.AsPointer(ref m[0]) : 0; Native.Take([|a|]);")]
    [InlineData("TMEM101", "var m = new byte[4]; try { Native.Call([|Unsafe.AsPointer(ref m[0])|]); } catch (Exception e) when (e is IOException) { } finally { b = false; }")]
    [InlineData("TMEM101", "var m = System.Text.Encoding.UTF8.GetBytes(\"x\"); Native.Call([|Unsafe.AsPointer(ref m[0])|]);")]
    [InlineData("TMEM101", "var m = new byte[4]; Native.Take([|Local(m)|]); static nint Local(byte[] x) => (nint)Unsafe.AsPointer(ref x[0]);")]
    [InlineData("TMEM101", "var m = new byte[4]; Native.Take([|Address(m)|]);")]
    [InlineData("TMEM101", "var m = new byte[4]; Native.Take([|AddressOf(ref m[1])|]);")]
    [InlineData("TMEM101", "(nint a, int c) = (0, 1); var m = new byte[4]; a = (nint)Unsafe.AsPointer(ref m[0]); Native.Take([|a|]);")]
    [InlineData("TMEM101", "var m = new byte[4]; Action f = () => Native.Call([|Unsafe.AsPointer(ref (new byte[8])[0])|]); f();")]
    [InlineData("TMEM101", "var m = new byte[4]; Native.Mark([|new IntPtr(Unsafe.AsPointer(ref m[0]))|]);")]
    [InlineData("TMEM101", "var m = new byte[4]; var t = (Address: (nint)Unsafe.AsPointer(ref m[0]), 1); Native.Take([|t.Address|]);")]
    [InlineData("TMEM101", "var m = new byte[4]; (nint, int) t = ((nint)Unsafe.AsPointer(ref m[0]), 1); Native.Take([|t.Item1|]);")]
    [InlineData("TMEM101", "var m = new byte[4]; var t = (1, Address: (nint)Unsafe.AsPointer(ref m[0])); var u = t; Native.Take([|u.Item2|]);")]
    [InlineData("TMEM101", "var m = new byte[4]; var (a, c) = ((nint)Unsafe.AsPointer(ref m[0]), m.Length); Native.Take([|a|]);")]
    [InlineData("TMEM101", "var m = new byte[4]; var t = ((nint)Unsafe.AsPointer(ref m[0]), 1); (nint a, int c) = t; Native.Take([|a|]);")]
    [InlineData("TMEM102", "var m = new byte[4]; (nint Address, int) t; fixed (byte* p = m) { t = ((nint)p, 1); } b = t.Address != 0; Native.Take([|t.Address|]);")]
    [InlineData("TMEM101", "object o = new byte[4]; if (o is byte[] m) { Native.Call([|Unsafe.AsPointer(ref m[0])|]); }")]
    [InlineData("TMEM103", "void Inner(object o) { if (o is byte[] m) { Native.Call([|Unsafe.AsPointer(ref m[0])|]); } } Inner(new());")]
    [InlineData("TMEM103", "void Inner(object o) { switch (o) { case byte[] m: Native.Call([|Unsafe.AsPointer(ref m[0])|]); break; } } Inner(new());")]
    [InlineData("TMEM112", "var m = new byte[4]; fixed (byte* p = m) { Native.Submit([|(nint)p|]); }")]
    [InlineData("TMEM112", "var m = new byte[4]; fixed (byte* p = m) { int e = Native.Submit([|(nint)p|]); if (e != 0) { Marshal.GetLastWin32Error(); } }")]
    [InlineData("TMEM102", "nint a; var m = new byte[4]; fixed (byte* p = m) { a = (nint)p; } b = a != 0; Native.Take([|a|]);")]
    [InlineData("TMEM108", "using var l = HypercallBufferPool.Shared.Rent(4095); Native.Page([|l.DangerousAddress|]);")]
    [InlineData("TMEM108", "var m = new byte[4096]; fixed (byte* p = m.AsSpan(0, 100)) { Native.Page([|(nint)p|]); }")]
    public Task What_is_wrong_is_reported(string id, string body) => Verify.ReportsAsync(id, InMethod(body));

    [Theory]
    [InlineData("var m = new byte[4]; nint a = b ? (nint)Unsafe.AsPointer(ref m[0]) : s_given; Native.Take(a);")]
    [InlineData("nint a = (nint)Unsafe.AsPointer(ref (new byte[1])[0]); Set(out a); Native.Take(a);")]
    [InlineData("var m = new byte[4]; nint a = (nint)Unsafe.AsPointer(ref m[0]); Action f = () => a = 0; f(); Native.Take(a);")]
    [InlineData("nint a = s_given; Native.Take(a); Native.Mark(a);")]
    [InlineData("var l = HypercallBufferPool.Shared.Rent(8); nint a = l.DangerousAddress; if (b) { l.Dispose(); } Native.Mark(a);")]
    [InlineData("var m = new byte[4]; nint n = m.Length; Native.Take(n); Native.Take(m[0]);")]
    [InlineData("Span<long> s = new long[4]; Native.Take((nint)s[0]);")]
    public Task What_cannot_be_proved_is_quiet(string body) => Verify.QuietAsync(InMethod(body));

    [Theory]
    [InlineData("Native.Mark([|s_given|]);")]
    [InlineData("var m = new byte[4]; nint a = b ? (nint)Unsafe.AsPointer(ref m[0]) : s_given; Native.Mark([|a|]);")]
    public Task In_strict_mode_it_is_reported_at_marked_places(string body) => Verify.ReportsAsync("TMEM103", InMethod(body), s_strict);

    [Fact]
    public Task Strict_mode_leaves_numbers_of_native_calls_alone() => Verify.QuietAsync(InMethod("Native.Take(s_given);"), s_strict);

    [Fact]
    public Task An_additional_file_names_buffers_of_others() => Verify.ReportsAsync(
        "TMEM101",
        InMethod("var m = new byte[4]; Native.Plain([|(nint)Unsafe.AsPointer(ref m[0])|]);"),
        Scene.Default with
        {
            AdditionalFiles = new Dictionary<string, string>
            {
                ["/project/TmemHypercallBuffers.txt"] = "// the plain call\nM:Native.Plain(System.IntPtr)#0 minimumBytes=4 written // first\n",
            },
        });

    [Fact]
    public Task Flags_of_the_additional_file_count() => Verify.ReportsAsync(
        "TMEM108",
        InMethod("var m = new byte[4]; fixed (byte* p = m) { Native.Plain([|(nint)p|]); }"),
        Scene.Default with
        {
            AdditionalFiles = new Dictionary<string, string> { ["TmemHypercallBuffers.txt"] = "M:Native.Plain(System.IntPtr)#0 minimumBytes=8" },
        });

    [Fact]
    public Task An_option_names_buffers_of_others() => Verify.ReportsAsync(
        "TMEM101",
        InMethod("var m = new byte[4]; Native.Plain([|(nint)Unsafe.AsPointer(ref m[0])|]);"),
        Scene.Default.With("tmem_hypercall_buffers", "M:Native.Plain(System.IntPtr)#0 | F:Other.Field"));

    [Fact]
    public Task A_project_without_the_library_marks_with_an_attribute_of_its_own() => Verify.ReportsAsync(
        "TMEM101",
        """
        public static unsafe class Calls
        {
            public static void Call([TmemCore.Abi.PinnedBuffer] void* data) { }

            public static void Make()
            {
                byte[] data = new byte[4];
                Call([|Unsafe.AsPointer(ref data[0])|]);
            }
        }

        namespace TmemCore.Abi
        {
            [AttributeUsage(AttributeTargets.Parameter)]
            internal sealed class PinnedBufferAttribute : Attribute;
        }
        """,
        Scene.Default with { WithTmemCore = false });

    [Fact]
    public Task Generated_code_is_left_alone() => Verify.QuietAsync(
        "// <auto-generated/>\n#nullable enable\n" + InMethod("var m = new byte[4]; Native.Call(Unsafe.AsPointer(ref m[0]));"));

    private static string InMethod(string body) => Native + $$"""
        public sealed class PinnedArray(byte[] array) : IDisposable
        {
            private GCHandle _handle = GCHandle.Alloc(array, GCHandleType.Pinned);
            public void Dispose() => _handle.Free();
        }

        public static unsafe class Snippet
        {
            private static readonly Action s_kept = () => { };
            private static object? s_any;
            private static nint s_given = 5;

            public static void M(bool b)
            {
                {{body}}
            }

            private static void Set(out nint address) => address = 0;

            private static nint Address(byte[] array) => (nint)Unsafe.AsPointer(ref array[0]);

            private static nint AddressOf(ref byte place) => (nint)Unsafe.AsPointer(ref place);
        }
        """;
}
