namespace TmemCore.Tool.Guest;

/// <summary>What happens while the guest runs, counted since the last <see cref="Clear"/>.</summary>
internal sealed class GuestMeters
{
    /// <summary>Puts, refused ones too.</summary>
    public LatencyRecorder Puts { get; } = new();

    /// <summary>Gets and takes that found the page.</summary>
    public LatencyRecorder Gets { get; } = new();

    /// <summary>Pages that had to be read from files or from the swap file.</summary>
    public long DiskReads { get; set; }

    /// <summary>Clean pages that the ephemeral pool gave back.</summary>
    public long CleanPagesBack { get; set; }

    /// <summary>Anonymous pages that the persistent pool gave back.</summary>
    public long AnonymousPagesBack { get; set; }

    /// <summary>Pages that need not be read from disk.</summary>
    public long DiskReadsAvoided => CleanPagesBack + AnonymousPagesBack;

    /// <summary>Reads avoided per page that the guest's own memory did not have; 0 when there was none.</summary>
    public double HitRatio =>
        DiskReads + DiskReadsAvoided == 0 ? 0 : (double)DiskReadsAvoided / (DiskReads + DiskReadsAvoided);

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        Puts.Clear();
        Gets.Clear();
        DiskReads = 0;
        CleanPagesBack = 0;
        AnonymousPagesBack = 0;
    }
}
