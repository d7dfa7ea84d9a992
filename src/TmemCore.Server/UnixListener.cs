using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;

namespace TmemCore.Server;

/// <summary>Unix sockets that a server listens at.</summary>
internal static class UnixListener
{
    public const int Backlog = 128;

    /// <summary>The longest path of a socket on Linux, see unix(7).</summary>
    private const int MostPathBytes = 107;

    /// <summary>ENXIO of Linux, as the runtime passes it on: what opening a socket as a file answers, see open(2).</summary>
    private const int NoDeviceOrAddress = 6;

    /// <summary>Checks a path, before anything is done.</summary>
    /// <exception cref="ArgumentException">It is empty, or too long for a socket.</exception>
    public static void Validate(string path, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(path, name);
        int bytes = Encoding.UTF8.GetByteCount(path);
        if (bytes > MostPathBytes)
        {
            throw new ArgumentOutOfRangeException(
                name, path, string.Create(CultureInfo.InvariantCulture, $"{name} has {bytes} bytes; a socket's path has {MostPathBytes} at most."));
        }
    }

    /// <summary>Opens a socket. One that nobody listens at any more is replaced; of one that somebody does, and of any other file, it keeps off.</summary>
    /// <exception cref="IOException">The path is taken, or cannot be made.</exception>
    [SupportedOSPlatform("linux")]
    public static Socket Open(string path, UnixFileMode mode)
    {
        RemoveLeftover(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Nobody listens yet, so that nobody comes in between the making of the file and its mode.
            listener.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, mode);
            listener.Listen(Backlog);
            return listener;
        }
        catch (Exception e)
        {
            listener.Dispose();
            throw e is SocketException refusal ? new IOException($"The socket {path} cannot be made: {Explain(refusal)}", e) : e;
        }
    }

    private static string Explain(SocketException refusal) =>
        refusal.SocketErrorCode == SocketError.AddressNotAvailable ? "there is no such folder." : refusal.Message;

    private static void RemoveLeftover(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e)
        {
            throw new IOException($"{path} is there already and no socket of ours: {e.Message}", e);
        }

        throw new IOException($"Somebody serves at {path} already.");
    }

    /// <summary>A regular file refuses connections as a socket does that nobody listens at; only the latter opens no device or address behind it.</summary>
    private static bool IsSocket(string path)
    {
        try
        {
            using FileStream opened = File.OpenRead(path);
            return false;
        }
        catch (IOException e)
        {
            // Any other reason may be a file's, that is in use or on a disk that fails: it is not ours to remove.
            return e.HResult == NoDeviceOrAddress;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
