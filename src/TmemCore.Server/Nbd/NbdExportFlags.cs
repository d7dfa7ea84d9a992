namespace TmemCore.Server.Nbd;

/// <summary>What an export can do, as its client is told.</summary>
[Flags]
internal enum NbdExportFlags : ushort
{
    None = 0,
    HasFlags = 1 << 0,
    ReadOnly = 1 << 1,
    SendFlush = 1 << 2,
    SendForceUnitAccess = 1 << 3,
    SendTrim = 1 << 5,
    SendWriteZeroes = 1 << 6,
    SendDontFragment = 1 << 7,
    CanMultiConnect = 1 << 8,
    SendCache = 1 << 10,
    SendFastZero = 1 << 11,
}
