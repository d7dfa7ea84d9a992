using System.Globalization;

namespace TmemCore.Hypercalls;

/// <summary>
/// The error numbers a hypercall can answer, positive; a result carries them negated. x86 Linux values, and the two of
/// tmem's own.
/// </summary>
public static class Errno
{
    /// <summary>Not permitted. Also every bare "-1" of a control operation that found no such client or pool.</summary>
    public const int EPERM = 1;

    /// <summary>No such client to save, or to set.</summary>
    public const int ENOENT = 2;

    /// <summary>More than 16 entries in an array of pools.</summary>
    public const int E2BIG = 7;

    /// <summary>No memory: for the page, the client, the pool, or to lock a buffer.</summary>
    public const int ENOMEM = 12;

    /// <summary>The sysctl interface version of caller and hypervisor differ.</summary>
    public const int EACCES = 13;

    /// <summary>The op, a buffer or a page frame cannot be read or written.</summary>
    public const int EFAULT = 14;

    /// <summary>The client to be restored exists already.</summary>
    public const int EEXIST = 17;

    /// <summary>No such pool, the client is dying, or tmem is switched off.</summary>
    public const int ENODEV = 19;

    /// <summary>A field has a value that makes no sense.</summary>
    public const int EINVAL = 22;

    /// <summary>A replacement could not be stored; the older page is gone.</summary>
    public const int ENOSPC = 28;

    /// <summary>More pools per client than the hypervisor knows.</summary>
    public const int ERANGE = 34;

    /// <summary>No such hypercall or command.</summary>
    public const int ENOSYS = 38;

    /// <summary>The command exists, but not by this way in.</summary>
    public const int EOPNOTSUPP = 95;

    /// <summary>tmem's own: the client is frozen.</summary>
    public const int EFROZEN = 1000;

    /// <summary>tmem's own: the pool holds no page at all.</summary>
    public const int EEMPTY = 1001;

    /// <summary>Names a result for people.</summary>
    /// <param name="result">What a call answered; negative for an error.</param>
    /// <returns>For example <c>-14 (EFAULT)</c>; the bare number if it is no error, or one without a name here.</returns>
    public static string Describe(long result)
    {
        string number = result.ToString(CultureInfo.InvariantCulture);
        string? name = Name(result);
        return name is null ? number : $"{number} ({name})";
    }

    private static string? Name(long result) => -result switch
    {
        EPERM => nameof(EPERM),
        ENOENT => nameof(ENOENT),
        E2BIG => nameof(E2BIG),
        ENOMEM => nameof(ENOMEM),
        EACCES => nameof(EACCES),
        EFAULT => nameof(EFAULT),
        EEXIST => nameof(EEXIST),
        ENODEV => nameof(ENODEV),
        EINVAL => nameof(EINVAL),
        ENOSPC => nameof(ENOSPC),
        ERANGE => nameof(ERANGE),
        ENOSYS => nameof(ENOSYS),
        EOPNOTSUPP => nameof(EOPNOTSUPP),
        EFROZEN => nameof(EFROZEN),
        EEMPTY => nameof(EEMPTY),
        _ => null,
    };
}
