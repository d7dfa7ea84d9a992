// Single turns that are right, one to a method.
public struct Iov { public nint Base; public nuint Len; }
[InlineArray(8)] public struct Eight { byte _e; }
public unsafe class T : IDisposable
{
  [DllImport("n")] static extern int call(void* p);
  [DllImport("n")] static extern int take(nint p, long n);
  [DllImport("n")] static extern nint open(string p);
  [DllImport("n")] static extern int getopt(int s, void* val, int* len);
  [DllImport("n")] static extern int cb(nint f, nint state);
  byte[] _b = new byte[10]; GCHandle _h; byte* _ptr; nint _addr; Memory<byte> _m; MemoryHandle _mh;
  public void Dispose() { if (_h.IsAllocated) _h.Free(); _mh.Dispose(); }
  
  void C1(byte[] a, int off) { fixed (byte* p = &a[off]) { byte* q = p; for (int i = 0; i < 3; i++, q++) call(q); } }
  void C2(ReadOnlySpan<byte> s) { fixed (byte* p = s) { if (p == null) return; call(p); } }
  void C3() { _h = GCHandle.Alloc(_b, GCHandleType.Pinned); _ptr = (byte*)_h.AddrOfPinnedObject(); call(_ptr); }
  void C4() { _mh = _m.Pin(); _ptr = (byte*)_mh.Pointer; call(_ptr); }
  void C5() { int v = 1, len = 4; getopt(1, &v, &len); getopt(1, Unsafe.AsPointer(ref v), (int*)Unsafe.AsPointer(ref len)); }
  void C6() { Eight e = default; Span<byte> s = e; call(Unsafe.AsPointer(ref MemoryMarshal.GetReference(s))); }
  void C7() { Guid g = Guid.NewGuid(); fixed (byte* p = g.ToByteArray()) call(p); call(&g); }
  void C8(string s) { nint p = Marshal.StringToHGlobalAnsi(s); try { take(p, s.Length); } finally { Marshal.FreeHGlobal(p); } }
  void C9() { void* p = NativeMemory.Alloc(10); try { p = NativeMemory.Realloc(p, 20); call(p); } finally { NativeMemory.Free(p); } }
  void C10(int n) { byte[]? r = null; Span<byte> s = n < 256 ? stackalloc byte[256] : (r = ArrayPool<byte>.Shared.Rent(n)); fixed (byte* p = s) call(p); if (r != null) ArrayPool<byte>.Shared.Return(r); }
  void C11(int n) { byte[]? r = null; Span<byte> s = n < 256 ? stackalloc byte[256] : (r = GC.AllocateArray<byte>(n, true)); call(Unsafe.AsPointer(ref MemoryMarshal.GetReference(s))); }
  nint C12() { nint p = Marshal.AllocHGlobal(4); Marshal.WriteInt32(p, 1); return p; }
  void* C13() { var p = NativeMemory.Alloc(5); call(p); return p; }
  void Use(nint a, int n) { unsafe { call((void*)a); } }
  void C15() { foreach (var x in new[] { "a", "b" }) { fixed (char* p = x) { call(p); } } }
  static int Cmp(nint a, nint b) => 0; delegate int D(nint a, nint b); static readonly D s_d = Cmp;
  void C16() { cb(Marshal.GetFunctionPointerForDelegate(s_d), 0); D d = Cmp; cb(Marshal.GetFunctionPointerForDelegate(d), 0); GC.KeepAlive(d); }
  void C17(object o) { var h = GCHandle.Alloc(o); try { cb(0, GCHandle.ToIntPtr(h)); cb(0, (nint)h); } finally { h.Free(); } }
  void C18(byte[] a) { var h = GCHandle.Alloc(a, GCHandleType.Pinned); try { var v = new Iov { Base = h.AddrOfPinnedObject(), Len = 3 }; call(&v); } finally { h.Free(); } }
  void C19() { var l = HypercallBufferPool.Shared.Rent(10); try { take(l.DangerousAddress, 1); } finally { l.Dispose(); } }
  HypercallBuffer _l; void C20() { _l = HypercallBufferPool.Shared.Rent(10); take(_l.DangerousAddress, 1); }
  void C21() { long t = DateTime.Now.Ticks; take((nint)t, t); take((nint)0x1000, -1); }
  void C22(nint hwnd, ulong wp) { take(hwnd, (long)wp); take(hwnd + 4, hwnd); }
  void C23(int n) { for (int i = 0; i < n; i++) { nint p = Marshal.AllocHGlobal(8); if (take(p, i) == 0) { Marshal.FreeHGlobal(p); continue; } Marshal.FreeHGlobal(p); if (i == 3) break; } }
  void C24() { nint p = 0; try { p = Marshal.AllocHGlobal(8); take(p, 1); } catch (IOException) { take(p, 2); throw; } finally { if (p != 0) Marshal.FreeHGlobal(p); } }
  void C25() { byte* p = stackalloc byte[8]; Action<nint> a = x => take(x, 1); a((nint)p); }
  void C26(byte[] a) { fixed (byte* p = a) { var s = new Span<byte>(p, a.Length); s.Clear(); nint q = (nint)p; Task.Run(() => take(q, 1)).GetAwaiter().GetResult(); } }
  void C27(Span<Iov> v) { fixed (Iov* p = v) { for (int i = 0; i < v.Length; i++) { p[i].Base = (nint)p; } call(p); } }
  void C28() { Iov v; v.Base = 0; v.Len = 0; fixed (byte* p = _b) { v.Base = (nint)p; call(&v); } v.Base = 0; call(&v); }
  void C29() { var arr = new PinnedBuf(10); call(arr.Ptr); }
  void C30(ref byte r) { fixed (byte* p = &r) call(p); }
  void C31(Memory<byte> m) { if (MemoryMarshal.TryGetArray<byte>(m, out var seg)) fixed (byte* p = &seg.Array![seg.Offset]) call(p); }
  static T? s_i; void C32() { fixed (byte* p = _b) { _ptr = p; s_i = this; Work(); _ptr = null; } } void Work() => call(_ptr);
  void C33(ReadOnlySequence<byte> s) { foreach (var m in s) { using var h = m.Pin(); call(h.Pointer); } }
  void C34() { byte[] a = new byte[10]; var w = new WeakReference(a); fixed (byte* p = a) { Debug2((nint)p); call(p); } } static void Debug2(nint p) { Console.WriteLine(p); }
  void C35() { GCHandle h = default; try { h = GCHandle.Alloc(_b, GCHandleType.Pinned); take(h.AddrOfPinnedObject(), 1); } finally { if (h.IsAllocated) h.Free(); } }
  void C36() { GCHandle h = GCHandle.Alloc(new byte[5], GCHandleType.Pinned); for (int i = 0; i < 4; i++) { take(h.AddrOfPinnedObject(), i); if (i == 2) { h.Free(); h = GCHandle.Alloc(new byte[8], GCHandleType.Pinned); } } h.Free(); }
  void C38() { fixed (byte* p = "abc"u8) call(p); fixed (char* c = "abc") call(c); fixed (char* c = $"a{_addr}") call(c); }
  void C39(Vtbl* v) { fixed (byte* p = _b) v->F(p, 3); } struct Vtbl { public delegate* unmanaged<byte*, int, int> F; }
  void C40() { delegate*<byte*, void> managed = &M; M((byte*)Unsafe.AsPointer(ref _b[0])); managed((byte*)Unsafe.AsPointer(ref _b[0])); } static void M(byte* p) { }
  ref byte C41(Span<byte> s) { return ref MemoryMarshal.GetReference(s); }
  Span<byte> C42() { fixed (byte* p = Data) return new Span<byte>(p, 3); } static ReadOnlySpan<byte> Data => new byte[] { 1, 2, 3 };
  void C43(int[] a) { fixed (int* p = a) { int* end = p + a.Length; _sum = end - p; } } long _sum;
  static nint C44(byte[] a) { fixed (byte* p = a) { return a.Length - (nint)(*p); } }
  static bool C45(byte[] a, byte[] b) { fixed (byte* p = a, q = b) { return p == q; } }
  static ulong C46(byte[] a) { fixed (byte* p = a) { ulong v = *(ulong*)p; return v; } }
  static byte C47(byte[] a) { byte r; fixed (byte* p = a) { r = p[2]; } return r; }
  static int C48(byte[] a) { int* x; fixed (byte* p = a) { x = (int*)p; if (*x > 3) return *x; } return 0; }
  static Vector128 C49(byte[] a) { Vector128 r; fixed (byte* p = a) { r = *(Vector128*)p; } return r; } struct Vector128 { public nint A, B; }
}
unsafe class PinnedBuf(int n) { readonly byte[] _a = GC.AllocateUninitializedArray<byte>(n, pinned: true); public byte* Ptr => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_a)); }
class A { Memory<byte> _m;
  async Task C14(Stream st) { using var mh = _m.Pin(); int n = await st.ReadAsync(_m); Use((nint)0, n); }
  async Task<int> C37(Stream s) { byte[] r = ArrayPool<byte>.Shared.Rent(10); try { using var cts = new CancellationTokenSource(); var t = s.ReadAsync(r, 0, 10, cts.Token); if (await Task.WhenAny(t, Task.Delay(10)) != t) { cts.Cancel(); await t; } return await t; } finally { ArrayPool<byte>.Shared.Return(r); } }
 void Use(nint a, int n) { } }
