using System.Globalization;
using System.Text;

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

    public static TraceLine Before(HypercallNumber number, in OpFields fields, GuestMemory memory)
    {
        var line = new TraceLine { Comment = "", Result = "" };
        bool isControl = number == HypercallNumber.Sysctl || fields.Command == GuestCommand.Control;
        if (isControl)
        {
            line.WordControl(number, fields);
        }
        else
        {
            line.WordGuest(fields, memory);
        }

        return line;
    }

    public void After(in OpFields fields, GuestMemory memory, long result)
    {
        Result = Number(result);
        switch (_kind)
        {
            case OpKind.Get when result == 1:
                if (memory.TryOpen(fields.Frame, GuestAccess.ReadOnly, out GuestPage page))
                {
                    using (page)
                    {
                        Result = string.Create(CultureInfo.InvariantCulture, $"1 {TracePages.Hash(page.Bytes):x16}");
                    }
                }
                else
                {
                    Forget("a get into a frame that is not registered");
                }

                break;
            case OpKind.List when result >= 0:
                AddText(fields, memory);
                break;
            case OpKind.PoolUuid when result == 0:
                AddUuid(fields, memory);
                break;
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Page(in OpFields f) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(int)f.PoolId} 0x{f.Object.Word0:x} 0x{f.Object.Word1:x} 0x{f.Object.Word2:x} {f.Index}");

    private void WordGuest(in OpFields f, GuestMemory memory)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        IsRestoredPool = f.Command == GuestCommand.RestoreNew;
        IsGuestOperation = f.Command is not (GuestCommand.Authorize or GuestCommand.RestoreNew);
        switch (f.Command)
        {
            case GuestCommand.NewPool:
                Operation = string.Create(culture, $"newpool 0x{f.Uuid.Low:x} 0x{f.Uuid.High:x} 0x{f.Flags:x8}");
                break;
            case GuestCommand.DestroyPool:
                Operation = string.Create(culture, $"destroy {(int)f.PoolId}");
                break;
            case GuestCommand.PutPage:
                WordPut(f, memory);
                break;
            case GuestCommand.GetPage:
                WordGet(f, memory);
                break;
            case GuestCommand.FlushPage:
                Operation = "flushp " + Page(f);
                break;
            case GuestCommand.FlushObject:
                Operation = string.Create(
                    culture, $"flusho {(int)f.PoolId} 0x{f.Object.Word0:x} 0x{f.Object.Word1:x} 0x{f.Object.Word2:x}");
                break;
            case GuestCommand.Authorize:
                Operation = string.Create(culture, $"auth {f.TargetClient} 0x{f.Uuid.Low:x} 0x{f.Uuid.High:x} {f.Flags}");
                break;
            case GuestCommand.RestoreNew:
                Operation = string.Create(
                    culture,
                    $"restorenew {f.TargetClient} {(int)f.PoolId} 0x{f.Uuid.Low:x} 0x{f.Uuid.High:x} 0x{f.Flags:x8}");
                break;
            default:
                Operation = string.Create(culture, $"badop {f.Command} {(int)f.PoolId}");
                break;
        }
    }

    private void WordPut(in OpFields f, GuestMemory memory)
    {
        if (!memory.TryOpen(f.Frame, GuestAccess.ReadOnly, out GuestPage page))
        {
            Operation = "putbad " + Page(f);
            return;
        }

        using (page)
        {
            Operation = TracePages.TryFindSeed(page.Bytes, out ulong seed)
                ? string.Create(CultureInfo.InvariantCulture, $"put {Page(f)} {seed}")
                : $"putdata {Page(f)} {Convert.ToBase64String(page.Bytes)}";
        }
    }

    private void WordGet(in OpFields f, GuestMemory memory)
    {
        _kind = OpKind.Get;
        bool isWritable = memory.TryOpen(f.Frame, GuestAccess.ReadWrite, out GuestPage page);
        page.Dispose();
        Operation = (isWritable ? "get " : "getbad ") + Page(f);
    }

    private void WordControl(HypercallNumber number, in OpFields f)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        bool isLaterForm = number == HypercallNumber.Sysctl && !XenOpBytes.IsFirstSysctlForm(f.InterfaceVersion);
        uint clientId = f.ClientId & 0xffff;
        var subOp = (ControlSubOp)f.SubOp;
        if (subOp is ControlSubOp.SaveGetNextPage or ControlSubOp.SaveGetNextInvalidated or ControlSubOp.RestorePutPage
            || (isLaterForm && f.SubOp is ((>= 5 and <= 7) or 9 or 11)))
        {
            Forget(string.Create(culture, $"control operation {f.SubOp} of client {clientId}"));
            return;
        }

        switch (subOp)
        {
            case ControlSubOp.List:
                _kind = OpKind.List;
                Operation = string.Create(culture, $"list {clientId} {f.Argument2}");
                break;
            case ControlSubOp.RestoreFlushPage:
                Operation = string.Create(
                    culture,
                    $"rflush {clientId} {(int)f.PoolId} 0x{f.Object.Word0:x} 0x{f.Object.Word1:x} 0x{f.Object.Word2:x} {f.Argument2}");
                break;
            default:
                _kind = subOp == ControlSubOp.SaveGetPoolUuid ? OpKind.PoolUuid : OpKind.Plain;
                bool isArgumentSecond = isLaterForm && (subOp is ControlSubOp.Flush or ControlSubOp.SaveBegin);
                (uint first, uint second) = isArgumentSecond ? (f.Argument2, 0) : (f.Argument1, f.Argument2);
                Operation = string.Create(culture, $"ctl {f.SubOp} {(int)f.PoolId} {clientId} {first} {second}");
                break;
        }
    }

    private void AddText(in OpFields f, GuestMemory memory)
    {
        var bytes = new byte[Math.Min(f.Argument1, TextBytesMax)];
        if (!memory.TryRead(f.BufferAddress, bytes))
        {
            Forget("a list into a buffer that is not registered");
            return;
        }

        ReadOnlySpan<byte> text = bytes;
        int end = text.IndexOf((byte)0);
        text = end >= 0 ? text[..end] : text;
        Result = Result + ' ' + Encoding.ASCII.GetString(text).Replace('\n', '|');
    }

    private void AddUuid(in OpFields f, GuestMemory memory)
    {
        Span<byte> bytes = stackalloc byte[XenOpBytes.PoolUuidBytes];
        if (!memory.TryRead(f.BufferAddress, bytes))
        {
            Forget("the uuid of a pool into a buffer that is not registered");
            return;
        }

        PoolUuid uuid = XenOpBytes.ReadPoolUuid(bytes);
        Result = string.Create(CultureInfo.InvariantCulture, $"0 {uuid.Low:x16} {uuid.High:x16}");
    }

    private void Forget(string comment)
    {
        Operation = null;
        Comment = comment;
    }
}
