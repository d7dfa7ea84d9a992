// Records whose layouts are known for both word sizes.
[AbiStruct("ring_entry"), AbiSize(16, 12)]
public partial struct RingEntry
{
    [AbiField("id")] public ulong Id;
    [AbiField("buffer", Form = AbiForm.Pointer)] public ulong Buffer;
}

[AbiStruct("ring_header"), AbiSize(16, 16)]
public partial struct RingHeader
{
    [AbiField("kind")] public ushort Kind;
    [AbiField("reserved")] private ushort _reserved;
    [AbiField("entries")] public uint Entries;
    [AbiField("sequence", Form = AbiForm.Aligned)] public ulong Sequence;
}
