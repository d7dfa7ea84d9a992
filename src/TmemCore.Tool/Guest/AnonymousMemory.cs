using System.Diagnostics;

namespace TmemCore.Tool.Guest;

/// <summary>
/// Pages that exist nowhere else once the guest has written to them: every so many pages of the files is taken for a private
/// mapping of it. They go to a persistent pool under the handles that Linux gives to swap slots, sixteen objects with
/// neighbours spread over them, and to a swap file when the pool refuses.
/// </summary>
internal sealed class AnonymousMemory(int pages, int stride, PersistentPool pool, PageLedger ledger, GuestMeters meters) : IDisposable
{
    private const int SwapObjects = 16;

    private readonly SlotState[] _slots = new SlotState[((pages - 1) / stride) + 1];
    private SwapFile? _file;

    /// <summary>What is known of a page.</summary>
    [Flags]
    private enum SlotState : byte
    {
        Untouched = 0,
        InPool = 1,
        InFile = 2,
        Dirty = 4,
    }

    /// <summary>Whether a page is anonymous memory.</summary>
    public bool Contains(int page) => page % stride == 0;

    /// <summary>The guest writes to a page that it has in its memory: a copy elsewhere is out of date, and freed.</summary>
    public void Write(int page, Span<byte> content, int value)
    {
        ref SlotState slot = ref _slots[page / stride];
        content[value % content.Length]++;
        if ((slot & SlotState.InPool) != 0)
        {
            pool.FlushPage(ObjectOf(page), IndexOf(page));
        }

        slot = SlotState.Dirty;
    }

    /// <summary>A page leaves the guest's memory.</summary>
    public void SwapOut(int page, ReadOnlySpan<byte> content)
    {
        ref SlotState slot = ref _slots[page / stride];
        if ((slot & SlotState.Dirty) == 0)
        {
            return;
        }

        ledger.Remember(page, content);
        long start = Stopwatch.GetTimestamp();
        PutResult result = pool.Put(ObjectOf(page), IndexOf(page), content);
        meters.Puts.RecordSince(start);
        if (result == PutResult.Stored)
        {
            slot = SlotState.InPool;
            return;
        }

        (_file ??= new SwapFile()).Write(page / stride, content);
        slot = SlotState.InFile;
    }

    /// <summary>Brings a page back, if it has ever left; it stays where it was, too, until the guest writes to it.</summary>
    /// <returns>False for a page that is still as in its file.</returns>
    public bool TrySwapIn(int page, Span<byte> content)
    {
        SlotState slot = _slots[page / stride];
        if ((slot & SlotState.InFile) != 0)
        {
            _file!.Read(page / stride, content);
            meters.DiskReads++;
            return true;
        }

        if ((slot & SlotState.InPool) == 0)
        {
            return false;
        }

        long start = Stopwatch.GetTimestamp();
        GetResult result = pool.Get(ObjectOf(page), IndexOf(page), content);
        if (result != GetResult.Hit)
        {
            ledger.NoteLost();
            return false;
        }

        meters.Gets.RecordSince(start);
        meters.AnonymousPagesBack++;
        ledger.Check(page, content);
        return true;
    }

    /// <summary>Deletes the swap file.</summary>
    public void Dispose() => _file?.Dispose();

    private ObjectId ObjectOf(int page) => (ulong)(page / stride % SwapObjects);

    private uint IndexOf(int page) => (uint)(page / stride / SwapObjects);
}
