using System.Globalization;
using System.Text;
using TmemCore.Abi;

namespace TmemCore.Hypercalls;

/// <summary>One call on its way to becoming a line: worded before it is made, completed with its result.</summary>
internal struct TraceLine
{
    private const int TextBytesMax = 1 << 20;

    private OpKind _kind;

    private enum OpKind
    {
        Plain,
        Get,
        List,
        PoolUuid,
    }

    /// <summary>The operation; null if the format has no word for it.</summary>
    public string? Operation { get; private set; }

    /// <summary>What to write instead of a line.</summary>
    public string Comment { get; private set; }

    public string Result { get; private set; }

    /// <summary>Whether the operation acts for the current client, so that it matters which that is.</summary>
    public bool IsGuestOperation { get; private set; }

    public bool IsRestoredPool { get; private set; }

    public static TraceLine Before(in TmemOp op, AbiGeneration generation, GuestMemory memory)
    {
        var line = new TraceLine { Comment = "", Result = "" };
        if (op.Command == GuestOps.ControlCommand)
        {
            line.WordControl(op.PoolId, op.Control, generation);
        }
        else
        {
            line.WordGuest(op, memory);
        }

        return line;
    }

    public void After(in TmemOp op, GuestMemory memory, long result)
    {
        Result = Number(result);
        switch (_kind)
        {
            case OpKind.Get when result == 1:
                if (memory.TryOpen(op.Generic.Frame, GuestAccess.ReadOnly, out GuestPage page))
                {
                    using (page)
                    {
                        Result = string.Create(CultureInfo.InvariantCulture, $"1 {TracePage.Hash(page.Bytes):x16}");
                    }
                }
                else
                {
                    Forget("a get into a frame that is not registered");
                }

                break;
            case OpKind.List when result >= 0:
                AddText(op.Control, memory);
                break;
            case OpKind.PoolUuid when result == 0:
                AddUuid(op.Control, memory);
                break;
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Page(in TmemOp op) =>
        string.Create(CultureInfo.InvariantCulture, $"{Object(op)} {op.Generic.Index}");

    private static string Object(in TmemOp op) =>
        string.Create(CultureInfo.InvariantCulture, $"{op.PoolId} {Words(op.Generic.Object)}");

    private static string Words(in ObjectId id) =>
        string.Create(CultureInfo.InvariantCulture, $"0x{id.Word0:x} 0x{id.Word1:x} 0x{id.Word2:x}");

    private static string Uuid(in TmemOp op) =>
        string.Create(CultureInfo.InvariantCulture, $"0x{op.Create.Uuid.Low:x} 0x{op.Create.Uuid.High:x}");

    private void WordGuest(in TmemOp op, GuestMemory memory)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        IsRestoredPool = op.Command == RestoreNewOp.Number;
        IsGuestOperation = op.Command is not (AuthOp.Number or RestoreNewOp.Number);
        switch (op.Command)
        {
            case NewPoolOp.Number:
                Operation = string.Create(culture, $"newpool {Uuid(op)} 0x{op.Create.Flags:x8}");
                break;
            case DestroyPoolOp.Number:
                Operation = string.Create(culture, $"destroy {op.PoolId}");
                break;
            case PutPageOp.Number:
                WordPut(op, memory);
                break;
            case GetPageOp.Number:
                WordGet(op, memory);
                break;
            case FlushPageOp.Number:
                Operation = "flushp " + Page(op);
                break;
            case FlushObjectOp.Number:
                Operation = "flusho " + Object(op);
                break;
            case AuthOp.Number:
                Operation = string.Create(culture, $"auth {op.Create.Argument1} {Uuid(op)} {op.Create.Flags}");
                break;
            case RestoreNewOp.Number:
                Operation = string.Create(
                    culture, $"restorenew {op.Create.Argument1} {op.PoolId} {Uuid(op)} 0x{op.Create.Flags:x8}");
                break;
            default:
                Operation = string.Create(culture, $"badop {op.Command} {op.PoolId}");
                break;
        }
    }

    private void WordPut(in TmemOp op, GuestMemory memory)
    {
        if (!memory.TryOpen(op.Generic.Frame, GuestAccess.ReadOnly, out GuestPage page))
        {
            Operation = "putbad " + Page(op);
            return;
        }

        using (page)
        {
            Operation = TracePage.TryFindSeed(page.Bytes, out ulong seed)
                ? string.Create(CultureInfo.InvariantCulture, $"put {Page(op)} {seed}")
                : $"putdata {Page(op)} {Convert.ToBase64String(page.Bytes)}";
        }
    }

    private void WordGet(in TmemOp op, GuestMemory memory)
    {
        _kind = OpKind.Get;
        bool isWritable = memory.TryOpen(op.Generic.Frame, GuestAccess.ReadWrite, out GuestPage page);
        page.Dispose();
        Operation = (isWritable ? "get " : "getbad ") + Page(op);
    }

    private void WordControl(int poolId, in TmemOp.ControlArm op, AbiGeneration generation)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        bool isLater = generation == AbiGeneration.V1Sysctl48;
        uint clientId = op.ClientId & HypercallControl.AllClients;
        switch (op.Subop)
        {
            case SaveGetNextPageOp.Number or SaveGetNextInvalidatedOp.Number or RestorePutPageOp.Number:
            case GetClientInfoOp.Number or SetClientInfoOp.Number or GetPoolsOp.Number or SetPoolsOp.Number or SetAuthOp.Number
                when isLater:
                Forget(string.Create(culture, $"control operation {op.Subop} of client {clientId}"));
                break;
            case ListOp.Number:
                _kind = OpKind.List;
                Operation = string.Create(culture, $"list {clientId} {op.Argument2}");
                break;
            case RestoreFlushPageOp.Number:
                Operation = string.Create(culture, $"rflush {clientId} {poolId} {Words(op.Object)} {op.Argument2}");
                break;
            default:
                _kind = op.Subop == SaveGetPoolUuidOp.Number ? OpKind.PoolUuid : OpKind.Plain;
                bool isSecond = isLater && op.Subop is (FlushOp.Number or SaveBeginOp.Number);
                (uint first, uint second) = isSecond ? (op.Argument2, 0) : (op.Argument1, op.Argument2);
                Operation = string.Create(culture, $"ctl {op.Subop} {poolId} {clientId} {first} {second}");
                break;
        }
    }

    private void AddText(in TmemOp.ControlArm op, GuestMemory memory)
    {
        var bytes = new byte[Math.Min(op.Argument1, TextBytesMax)];
        if (!memory.TryRead(op.Buffer, bytes))
        {
            Forget("a list into a buffer that is not registered");
            return;
        }

        ReadOnlySpan<byte> text = bytes;
        int end = text.IndexOf((byte)0);
        text = end >= 0 ? text[..end] : text;
        Result = Result + ' ' + Encoding.ASCII.GetString(text).Replace('\n', '|');
    }

    private void AddUuid(in TmemOp.ControlArm op, GuestMemory memory)
    {
        Span<byte> bytes = stackalloc byte[TmemPoolUuid.MaxSize];
        if (!memory.TryRead(op.Buffer, bytes))
        {
            Forget("the uuid of a pool into a buffer that is not registered");
            return;
        }

        _ = TmemPoolUuid.TryRead(default, bytes, out TmemPoolUuid record);
        PoolUuid uuid = record.Value;
        Result = string.Create(CultureInfo.InvariantCulture, $"0 {uuid.Low:x16} {uuid.High:x16}");
    }

    private void Forget(string comment)
    {
        Operation = null;
        Comment = comment;
    }
}
