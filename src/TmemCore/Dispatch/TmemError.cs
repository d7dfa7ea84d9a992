using TmemCore.Hypercalls;

namespace TmemCore.Dispatch;

/// <summary>The errors of the tmem ABI, as the negative numbers that calls answer with: Linux numbers, and two of tmem's own.</summary>
public static class TmemError
{
    /// <summary>Not permitted; also the answer to a request that makes no sense.</summary>
    public const int NotPermitted = -Errno.EPERM;

    /// <summary>No such client.</summary>
    public const int NoEntry = -Errno.ENOENT;

    /// <summary>More entries than a client can have pools.</summary>
    public const int TooLong = -Errno.E2BIG;

    /// <summary>No memory.</summary>
    public const int NoMemory = -Errno.ENOMEM;

    /// <summary>The versions of the control interface differ.</summary>
    public const int NoAccess = -Errno.EACCES;

    /// <summary>A guest's memory could not be read or written.</summary>
    public const int Fault = -Errno.EFAULT;

    /// <summary>The client lives already.</summary>
    public const int Exists = -Errno.EEXIST;

    /// <summary>No such pool.</summary>
    public const int NoDevice = -Errno.ENODEV;

    /// <summary>A value that is not valid.</summary>
    public const int Invalid = -Errno.EINVAL;

    /// <summary>A replacement could not be stored, and the older page is gone.</summary>
    public const int NoSpace = -Errno.ENOSPC;

    /// <summary>More pools than a client can have.</summary>
    public const int OutOfRange = -Errno.ERANGE;

    /// <summary>No such command.</summary>
    public const int NotImplemented = -Errno.ENOSYS;

    /// <summary>A command that this generation does not take, or a version that it does not know.</summary>
    public const int NotSupported = -Errno.EOPNOTSUPP;

    /// <summary>The client is frozen.</summary>
    public const int Frozen = -Errno.EFROZEN;

    /// <summary>The pool is empty.</summary>
    public const int Empty = -Errno.EEMPTY;
}
