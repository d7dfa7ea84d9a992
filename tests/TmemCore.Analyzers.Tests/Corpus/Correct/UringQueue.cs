public struct Sqe
{
    public byte Opcode;
    public byte Flags;
    public ushort Priority;
    public int Fd;
    public ulong Offset;
    public ulong Address;
    public uint Length;
    public ulong UserData;
}

public sealed unsafe class Uring
{
    private readonly Sqe* _entries;
    private readonly byte[] _buffers = GC.AllocateArray<byte>(64 * 4096, pinned: true);
    private uint _tail;

    [DllImport("c", SetLastError = true)]
    private static extern int io_uring_enter(int fd, uint submit, uint complete, uint flags, void* signals, nuint size);

    public Uring(Sqe* entries) => _entries = entries;

    public void Read(int fd, int slot, long offset)
    {
        Sqe* entry = &_entries[_tail++ & 63];
        entry->Opcode = 22;
        entry->Fd = fd;
        entry->Offset = (ulong)offset;
        entry->Address = (ulong)Unsafe.AsPointer(ref _buffers[slot * 4096]);
        entry->Length = 4096;
        entry->UserData = (ulong)slot;
    }

    public int Submit(int ring) => io_uring_enter(ring, 1, 1, 1, null, 0);
}
