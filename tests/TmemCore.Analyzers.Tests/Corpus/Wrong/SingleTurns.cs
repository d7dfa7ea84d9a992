// Single turns that are wrong, one to a method.
public struct Iov { public nint Base; public nuint Len; }
public unsafe struct Msg { public Iov* Iov; public int Count; public Iov Inline; }
public unsafe class T
{
  [DllImport("n")] static extern int call(void* p);
  [DllImport("n")] static extern int take(nint p, int n);
  [DllImport("n")] static extern int msg(Msg* p);
  [DllImport("n")] static extern int msgr(in Msg p);
  [DllImport("n")] static extern int submit(void* p, NativeOverlapped* o);
  byte[] _b = new byte[10]; readonly byte[] _p = GC.AllocateArray<byte>(10, pinned: true);
  int _x;
  void W1() { Msg m = default; var a = new byte[4]; m.Inline.Base = (nint)Unsafe.AsPointer(ref a[0]); msg({|TMEM101:&m|}); }
  void W2() { Msg m = default; var a = new byte[4]; m.Inline = new Iov { Base = (nint)Unsafe.AsPointer(ref a[0]) }; msgr(in {|TMEM101:m|}); }
  void W3() { var a = new byte[4]; nint p = 0; foreach (var i in a) { p = (nint)Unsafe.AsPointer(ref a[i]); take({|TMEM101:p|}, i); } }
  void W4() { ref int r = ref _x; take({|TMEM101:(nint)Unsafe.AsPointer(ref r)|}, 4); }
  void W5(string s) { ReadOnlySpan<char> sp = s; call({|TMEM101:Unsafe.AsPointer(ref MemoryMarshal.GetReference(sp))|}); }
  void W6() { var a = new byte[4]; var p = Marshal.UnsafeAddrOfPinnedArrayElement<byte>(a, 0); take({|TMEM101:p|}, 4); }
  void W7() { var a = new byte[4]; var p = (nint)Unsafe.AsPointer(ref a[0]); var q = checked((ulong)p); take(unchecked({|TMEM101:(nint)(long)q|}), 1); }
  void W8() { void* p; fixed (void* f = &_b[0]) p = f; call({|TMEM102:p|}); }
  void W9() { nint p; using (var h = new PinnedGCHandle<byte[]>(new byte[3])) { p = (nint)h.GetAddressOfArrayData(); } take({|TMEM102:p|}, 3); }
  void W10(byte[] d) { var h = GCHandle.Alloc(d, GCHandleType.Pinned); var p = h.AddrOfPinnedObject(); if (h.IsAllocated) h.Free(); take({|TMEM102:p|}, 1); }
  void W11() { Span<byte> s = stackalloc byte[4]; s = new byte[100]; call({|TMEM101:Unsafe.AsPointer(ref s[0])|}); }
  void W13() { var a = new byte[4]; take({|TMEM101:a.Length > 2 ? (nint)Unsafe.AsPointer(ref a[0]) : (nint)Unsafe.AsPointer(ref _b[0])|}, 1); }
  void W14() { var a = new byte[4]; using var l = new MemoryStream(); call({|TMEM101:Unsafe.AsPointer(ref MemoryMarshal.GetReference<byte>(a))|}); }
  void W15() { Span<int> a = new[] {1,2,3}; call({|TMEM101:Unsafe.AsPointer(ref MemoryMarshal.AsBytes(a)[0])|}); }
  void W16() { IntPtr[] v = new IntPtr[1]; var a = new byte[4]; v[0] = {|TMEM102:(nint)Unsafe.AsPointer(ref a[0])|}; fixed (IntPtr* pv = v) call(pv); }
  void W17() { var a = new byte[4]; GCHandle h = GCHandle.Alloc(a, GCHandleType.Pinned); nint p = h.AddrOfPinnedObject(); h.Free(); nint q = p + 3; take({|TMEM102:q|}, 1); }
  void W18(Memory<byte> m) { var h = m.Pin(); void* p = h.Pointer; h.Dispose(); call({|TMEM102:p|}); }
  void W19() { var a = ArrayPool<byte>.Shared.Rent(10); var h = GCHandle.Alloc(a, GCHandleType.Pinned); ArrayPool<byte>.Shared.Return(a); take({|TMEM109:h.AddrOfPinnedObject()|}, 3); h.Free(); }
  void W20() { T t = new T(); call({|TMEM101:Unsafe.AsPointer(ref t._x)|}); }
  void W21() { lock (this) { call({|TMEM101:Unsafe.AsPointer(ref _b[0])|}); } }
  int W23 => call({|TMEM101:Unsafe.AsPointer(ref _b[2])|});
  int W24 { get { var b = new byte[1]; return call({|TMEM101:Unsafe.AsPointer(ref b[0])|}); } init { var b = new byte[1]; call({|TMEM101:Unsafe.AsPointer(ref b[0])|}); } }
  static int s_f = call({|TMEM101:Unsafe.AsPointer(ref (new byte[1])[0])|});
  T() { call({|TMEM101:Unsafe.AsPointer(ref _b[0])|}); }
  public static implicit operator T(int x) { var b = new byte[1]; call({|TMEM101:Unsafe.AsPointer(ref b[0])|}); return new T(); }
  IEnumerable<int> W26() { var b = new byte[1]; nint p = Marshal.UnsafeAddrOfPinnedArrayElement(b, 0); yield return 1; yield return take({|TMEM101:p|}, 1); }
  void W27() { nint p; { Span<int> z = stackalloc int[2]; p = 0; } var b = new int[2]; Action a = () => take({|TMEM101:(nint)Unsafe.AsPointer(ref b[0])|}, 1); a(); }
  void W28() { var s = "x" + _x; fixed (char* p = s) { call(p); } ref readonly char r = ref s.GetPinnableReference(); call({|TMEM101:Unsafe.AsPointer(ref Unsafe.AsRef(in r))|}); }
  void W29(Stream st) { var a = ArrayPool<byte>.Shared.Rent(5); var t = st.WriteAsync(a); {|TMEM109:ArrayPool<byte>.Shared.Return(a)|}; t.AsTask().Wait(); }
  void W30(List<byte> l) { fixed (byte* p = CollectionsMarshal.AsSpan(l)) { _q = {|TMEM102:p|}; } }
  byte* _q;
  void W31(byte[] a) { Parallel.For(0, 3, i => call({|TMEM103:Unsafe.AsPointer(ref a[i])|})); }
  void W32() { var sb = new byte[3].AsSpan(); ref byte r = ref sb[0]; call({|TMEM101:Unsafe.AsPointer(ref r)|}); }
  void W34() { byte[] a = [1,2,3]; call({|TMEM101:Unsafe.AsPointer(ref a[0])|}); }
  void W35() { var a = System.Text.Encoding.UTF8.GetBytes("x"); var m = (Memory<byte>)a; call({|TMEM101:Unsafe.AsPointer(ref m.Span.GetPinnableReference())|}); }
  void W36() { var a = new byte[4096]; var seg = new ArraySegment<byte>(a, 2, 3); call({|TMEM101:Unsafe.AsPointer(ref seg.AsSpan()[0])|}); }
}
class A { [DllImport("n")] static extern int take(nint p, int n);
  async Task W25() { var b = new byte[1]; nint p; unsafe { fixed (byte* q = b) p = (nint)q; } await Task.Yield(); take({|TMEM102:p|}, 1); }
}
