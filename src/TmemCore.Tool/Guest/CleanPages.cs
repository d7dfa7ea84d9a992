using System.Diagnostics;

namespace TmemCore.Tool.Guest;

/// <summary>Pages of files that have left the guest's memory unchanged: an ephemeral pool keeps them while there is room.</summary>
internal sealed class CleanPages(EphemeralPool pool, PageLedger ledger, GuestMeters meters)
{
    /// <summary>A page leaves the guest's memory.</summary>
    public void Keep(GuestFile file, int page, ReadOnlySpan<byte> content)
    {
        ledger.Remember(page, content);
        long start = Stopwatch.GetTimestamp();
        pool.TryPut(file.ObjectId, (uint)(page - file.FirstPage), content);
        meters.Puts.RecordSince(start);
    }

    /// <summary>Asks for a page before the disk is asked.</summary>
    public bool TryTakeBack(GuestFile file, int page, Span<byte> content)
    {
        long start = Stopwatch.GetTimestamp();
        if (pool.Take(file.ObjectId, (uint)(page - file.FirstPage), content) != GetResult.Hit)
        {
            return false;
        }

        meters.Gets.RecordSince(start);
        meters.CleanPagesBack++;
        ledger.Check(page, content);
        return true;
    }
}
