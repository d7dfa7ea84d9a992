namespace TmemCore.Analyzers;

/// <summary>TMEM1xx are about memory whose address is given to somebody outside the garbage collector.</summary>
internal static partial class RuleIdentifiers
{
    public const string BufferIsNotPinned = "TMEM101";
    public const string AddressOutlivesPin = "TMEM102";
    public const string BufferMayNotBePinned = "TMEM103";
    public const string SpanOutlivesPin = "TMEM104";
    public const string HandleIsMisused = "TMEM105";
    public const string LeaseIsMisused = "TMEM106";
    public const string BufferIsReadOnly = "TMEM107";
    public const string BufferIsTooShort = "TMEM108";
    public const string PooledArrayIsReturnedEarly = "TMEM109";
    public const string DelegateMayDie = "TMEM111";
    public const string OperationOutlivesBuffer = "TMEM112";
}
