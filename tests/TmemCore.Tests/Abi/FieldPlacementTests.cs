using TmemCore.Abi;
using Xunit;

namespace TmemCore.Tests.Abi;

/// <summary>Bytes put together by hand, by the offsets file alone, are read and written as the op they are.</summary>
public class FieldPlacementTests
{
    private static readonly ObjectId s_wide = new(0x1122_3344_5566_7788, 0x99aa_bbcc_ddee_ff00, 0x0102_0304_0506_0708);

    public static TheoryData<AbiGeneration, AbiWordSize> Abis
    {
        get
        {
            TheoryData<AbiGeneration, AbiWordSize> data = [];
            foreach (TmemAbi abi in TmemAbi.All())
            {
                data.Add(abi.Generation, abi.WordSize);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Abis))]
    public void Put_page(AbiGeneration generation, AbiWordSize word)
    {
        TmemAbi abi = new(generation, word);
        string label = OffsetsFile.GuestLabel(abi);
        bool narrow = generation <= AbiGeneration.V0Aug2009;
        ObjectId id = narrow ? s_wide.Word0 : s_wide;
        ulong frame = word == AbiWordSize.Bits64 ? 0xfedc_ba98_7654_3210 : 0x7654_3210;
        byte[] bytes = OffsetsFile.Assemble(
            label,
            "tmem_op",
            ("cmd", 4, 0),
            ("pool_id", 0xffff_fffd, 0),
            (narrow ? "gen.object" : "gen.oid", new UInt128(id.Word1, id.Word0), id.Word2),
            ("gen.index", 0x8765_4321, 0),
            ("gen.cmfn", frame, 0));
        Check(abi, new PutPageOp { PoolId = -3, Object = id, Index = 0x8765_4321, Frame = frame }, bytes, PutPageOp.TryRead);
        Assert.Equal(1004, GuestOps.Dispatch(abi, bytes, new RecordingGuest()));
    }

    [Theory]
    [MemberData(nameof(Abis))]
    public void New_pool(AbiGeneration generation, AbiWordSize word)
    {
        TmemAbi abi = new(generation, word);
        string arm = generation <= AbiGeneration.V0Aug2009 ? "new" : "creat";
        byte[] bytes = OffsetsFile.Assemble(
            OffsetsFile.GuestLabel(abi),
            "tmem_op",
            ("cmd", 1, 0),
            (arm + ".uuid", new UInt128(0xaaaa, 0xbbbb), 0),
            (arm + ".flags", 0x0100_0003, 0));
        NewPoolOp op = new() { Uuid = new PoolUuid(0xbbbb, 0xaaaa), Flags = (TmemPoolFlags)0x0100_0003 };
        Check(abi, op, bytes, NewPoolOp.TryRead);

        // A guest may leave anything in the fields the command does not use.
        bytes.AsSpan(4, 4).Fill(0xcc);
        Assert.True(NewPoolOp.TryRead(abi, bytes, out NewPoolOp again));
        Assert.Equal(op, again);
    }

    [Theory]
    [MemberData(nameof(Abis))]
    public void Control_list(AbiGeneration generation, AbiWordSize word)
    {
        TmemAbi abi = new(generation, word);
        bool wide = word == AbiWordSize.Bits64 || generation >= AbiGeneration.V1Sysctl46;
        ulong buffer = wide ? 0x7fff_0000_1234_5678 : 0x1234_5678UL;
        string bits = word == AbiWordSize.Bits64 ? "/x86_64" : "/x86_32";
        byte[] bytes = generation switch
        {
            AbiGeneration.V1Sysctl46 => OffsetsFile.Assemble(
                "sysctl-4.6_to_4.7" + bits,
                "xen_sysctl_tmem_op",
                ("cmd", 4, 0), ("cli_id", 0xffff, 0), ("arg1", 32768, 0), ("arg2", 1, 0), ("buf", buffer, 0)),
            AbiGeneration.V1Sysctl48 => OffsetsFile.Assemble(
                "sysctl-4.8_to_4.12" + bits,
                "xen_sysctl_tmem_op",
                ("cmd", 4, 0), ("cli_id", 0xffff, 0), ("len", 32768, 0), ("arg", 1, 0), ("u.buf", buffer, 0)),
            _ => OffsetsFile.Assemble(
                OffsetsFile.GuestLabel(abi),
                "tmem_op",
                ("cmd", 0, 0), ("ctrl.subop", 4, 0), ("ctrl.cli_id", 0xffff, 0), ("ctrl.arg1", 32768, 0), ("ctrl.arg2", 1, 0), ("ctrl.buf", buffer, 0)),
        };
        ListOp op = new() { ClientId = 0xffff, BufferBytes = 32768, LongForm = 1, Buffer = buffer };
        Check(abi, op, bytes, ListOp.TryRead);
        Assert.Equal(1004, ControlOps.Dispatch(abi, bytes, new RecordingControl()));
    }

    [Theory]
    [InlineData(AbiGeneration.V0Aug2009, "ctrl.arg3")]
    [InlineData(AbiGeneration.V1Hypercall, "ctrl.oid")]
    public void Restore_put_page_has_its_object_in_either_form(AbiGeneration generation, string field)
    {
        TmemAbi abi = new(generation);
        ObjectId id = generation == AbiGeneration.V0Aug2009 ? s_wide.Word0 : s_wide;
        byte[] bytes = OffsetsFile.Assemble(
            OffsetsFile.GuestLabel(abi),
            "tmem_op",
            ("cmd", 0, 0), ("pool_id", 5, 0), ("ctrl.subop", 32, 0), ("ctrl.cli_id", 9, 0), ("ctrl.arg1", 4096, 0), ("ctrl.arg2", 77, 0),
            (field, new UInt128(id.Word1, id.Word0), id.Word2),
            ("ctrl.buf", 0xabcd_0000, 0));
        RestorePutPageOp op = new()
        {
            ClientId = 9,
            PoolId = 5,
            Object = id,
            Index = 77,
            BufferBytes = 4096,
            Buffer = 0xabcd_0000,
        };
        Check(abi, op, bytes, RestorePutPageOp.TryRead);
    }

    [Theory]
    [MemberData(nameof(Abis))]
    public void The_command_selects_the_arm(AbiGeneration generation, AbiWordSize word)
    {
        TmemAbi abi = new(generation, word);
        bool control = generation <= AbiGeneration.V1Hypercall;
        foreach (uint command in (uint[])[0, 1, 2, 3, 4, 10, 11, 100, 101, 102, 103, uint.MaxValue])
        {
            byte[] bytes = new byte[TmemOp.SizeOf(abi)];
            bytes.AsSpan().Fill(0x11);
            BitConverter.TryWriteBytes(bytes, command);
            Assert.True(TmemOp.TryRead(abi, bytes, out TmemOp op));
            Assert.Equal(command, op.Command);
            Assert.Equal(0x1111_1111, op.PoolId);
            Assert.Equal(command is 1 or 101 or 102, op.Create != default);
            Assert.Equal(control && command == 0, op.Control != default);
            Assert.Equal(!(command is 1 or 101 or 102) && !(control && command == 0), op.Generic != default);
        }
    }

    [Fact]
    public void The_envelope_holds_an_op_for_its_own_command_only()
    {
        TmemAbi abi = new(AbiGeneration.V1Sysctl48, AbiWordSize.Bits32);
        byte[] bytes = new byte[XenSysctl.MaxSize];
        XenSysctlTmemOp inner = new() { Command = 4, ClientId = 0xffff, Length = 10, Object = s_wide, Buffer = ulong.MaxValue };
        XenSysctl envelope = new() { Command = XenSysctl.TmemCommand, InterfaceVersion = 0x12, TmemOp = inner };
        Assert.Equal(136, envelope.Write(abi, bytes));
        Assert.True(XenSysctl.TryRead(abi, bytes, out XenSysctl again));
        Assert.Equal(envelope, again);
        Assert.True(XenSysctlTmemOp.TryRead(abi, bytes.AsSpan(XenSysctl.LayoutV1Sysctl48X64.TmemOpOffset), out XenSysctlTmemOp inside));
        Assert.Equal(inner, inside);
        Assert.All(bytes[64..], padding => Assert.Equal(0, padding));

        bytes[0] = 25;
        Assert.True(XenSysctl.TryRead(abi, bytes, out XenSysctl other));
        Assert.Equal(default, other.TmemOp);
    }

    private delegate bool Reader<T>(TmemAbi abi, ReadOnlySpan<byte> source, out T value);

    private static void Check<T>(TmemAbi abi, T op, byte[] bytes, Reader<T> read)
        where T : struct, IEquatable<T>
    {
        Assert.True(read(abi, bytes, out T value), $"{typeof(T).Name} in {abi}");
        Assert.Equal(op, value);
        byte[] written = new byte[bytes.Length];
        written.AsSpan().Fill(0xee);
        Assert.Equal(bytes.Length, AbiTypes.Of(typeof(T)).Write(op, abi, written));
        Assert.Equal(bytes, written);
    }
}
