namespace TmemCore.Hypercalls;

/// <summary>The command numbers of the guest's hypercall.</summary>
internal static class GuestCommand
{
    public const uint Control = 0;
    public const uint NewPool = 1;
    public const uint DestroyPool = 2;
    public const uint PutPage = 4;
    public const uint GetPage = 5;
    public const uint FlushPage = 6;
    public const uint FlushObject = 7;
    public const uint Authorize = 101;
    public const uint RestoreNew = 102;
}
