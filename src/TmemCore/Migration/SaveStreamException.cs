using System.Globalization;

namespace TmemCore.Migration;

/// <summary>What is wrong with a save stream.</summary>
public enum SaveStreamFault
{
    /// <summary>It ends before its end mark.</summary>
    Truncated,

    /// <summary>It does not begin as a save stream does.</summary>
    NotASaveStream,

    /// <summary>A version, a type of record or a flag that this library does not know, or not here.</summary>
    Unsupported,

    /// <summary>A checksum does not go with the bytes.</summary>
    Checksum,

    /// <summary>A record of a length that its type does not have.</summary>
    Length,

    /// <summary>A field of a value that it must not have.</summary>
    Value,

    /// <summary>A record at a place where it must not be.</summary>
    Order,

    /// <summary>A page that cannot be made again from the bytes that are to be kept of it.</summary>
    Page,

    /// <summary>The end mark counts otherwise than the reader.</summary>
    Count,
}

/// <summary>
/// A save stream is not what it should be: it is damaged, cut off, of another version or made up. Nothing of it is kept.
/// </summary>
public sealed class SaveStreamException : Exception
{
    /// <summary>Tells what is wrong and where.</summary>
    /// <param name="fault">What is wrong.</param>
    /// <param name="positionBytes">Where the record begins that is wrong, in bytes from the stream's beginning.</param>
    /// <param name="reason">What was found, and what would have been right.</param>
    /// <param name="innerException">What noticed it, or null.</param>
    public SaveStreamException(SaveStreamFault fault, long positionBytes, string reason, Exception? innerException = null)
        : base(string.Create(CultureInfo.InvariantCulture, $"The save stream is wrong at byte {positionBytes:N0}: {reason}"), innerException)
    {
        Fault = fault;
        PositionBytes = positionBytes;
        Reason = reason;
    }

    /// <summary>What is wrong.</summary>
    public SaveStreamFault Fault { get; }

    /// <summary>Where the record begins that is wrong, in bytes from the stream's beginning.</summary>
    public long PositionBytes { get; }

    /// <summary>What was found, and what would have been right.</summary>
    public string Reason { get; }
}
