[DllImport("top")]
static extern unsafe int top_call(void* page);

byte[] page = new byte[4096];
unsafe
{
    Console.WriteLine(top_call({|TMEM101:Unsafe.AsPointer(ref page[0])|}));
}
