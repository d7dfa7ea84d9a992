// A record that has another layout in a 32-bit guest, and a gap in every guest.
[AbiStruct("ring_entry")]
public partial struct {|TMEM006:RingEntry|}
{
    [AbiField("id")] public ulong Id;
    [AbiField("buffer", Form = AbiForm.Pointer)] public ulong Buffer;
}

[AbiStruct("ring_header")]
public partial struct RingHeader
{
    [AbiField("kind")] public ushort Kind;
    [AbiField("entries")] public uint {|TMEM004:Entries|};
}
