using System.Runtime.Versioning;

namespace TmemCore.Server;

/// <summary>
/// Keeps two processes from making, replacing or removing the socket of one path at once: a file beside it, locked for as long as that takes
/// and not longer. The file stays, empty: whoever removed it could take it from under one that just waits for it.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class SocketPathLock
{
    private const string Suffix = ".lock";
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits for its turn.</summary>
    /// <param name="socketPath">The path of the socket.</param>
    /// <returns>To be disposed when the socket has been made or removed.</returns>
    /// <exception cref="IOException">Another has had its turn for ten seconds, or the file cannot be made.</exception>
    public static FileStream Take(string socketPath)
    {
        string path = socketPath + Suffix;
        long begin = Environment.TickCount64;
        while (true)
        {
            try
            {
                return new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = OwnerAlone,
                    BufferSize = 0,
                });
            }
            catch (DirectoryNotFoundException e)
            {
                throw new IOException($"The socket {socketPath} cannot be made: there is no such folder.", e);
            }
            catch (UnauthorizedAccessException e)
            {
                throw new IOException($"The socket {socketPath} cannot be made: {e.Message}", e);
            }
            catch (IOException e) when (File.Exists(path))
            {
                // Locked by another; any other reason would not go away, and ends the wait, too.
                if (Environment.TickCount64 - begin > s_patience.TotalMilliseconds)
                {
                    throw new IOException($"The socket {socketPath} cannot be made: another process has {path} locked, and does not let go of it. {e.Message}", e);
                }
            }

            Thread.Sleep(s_pause);
        }
    }
}
