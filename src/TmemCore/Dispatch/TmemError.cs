namespace TmemCore.Dispatch;

/// <summary>The errors of the tmem ABI, as the negative numbers that calls answer with: Linux numbers, and two of tmem's own.</summary>
public static class TmemError
{
    /// <summary>Not permitted; also the answer to a request that makes no sense.</summary>
    public const int NotPermitted = -1;

    /// <summary>No such client.</summary>
    public const int NoEntry = -2;

    /// <summary>More entries than a client can have pools.</summary>
    public const int TooLong = -7;

    /// <summary>No memory.</summary>
    public const int NoMemory = -12;

    /// <summary>The versions of the control interface differ.</summary>
    public const int NoAccess = -13;

    /// <summary>A guest's memory could not be read or written.</summary>
    public const int Fault = -14;

    /// <summary>The client lives already.</summary>
    public const int Exists = -17;

    /// <summary>No such pool.</summary>
    public const int NoDevice = -19;

    /// <summary>A value that is not valid.</summary>
    public const int Invalid = -22;

    /// <summary>A replacement could not be stored, and the older page is gone.</summary>
    public const int NoSpace = -28;

    /// <summary>More pools than a client can have.</summary>
    public const int OutOfRange = -34;

    /// <summary>No such command.</summary>
    public const int NotImplemented = -38;

    /// <summary>A command that this generation does not take, or a version that it does not know.</summary>
    public const int NotSupported = -95;

    /// <summary>The client is frozen.</summary>
    public const int Frozen = -1000;

    /// <summary>The pool is empty.</summary>
    public const int Empty = -1001;
}
