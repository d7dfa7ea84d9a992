using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace TmemCore.Server.Nbd;

/// <summary>Where an NBD server listens, and the export to ask for, as the URIs of NBD say it.</summary>
/// <param name="SocketPath">The path of a Unix socket; null for TCP.</param>
/// <param name="Host">The host's name or number; empty for a Unix socket.</param>
/// <param name="Port">The port.</param>
/// <param name="ExportName">The export.</param>
internal sealed record NbdAddress(string? SocketPath, string Host, int Port, string ExportName)
{
    /// <summary>What an address looks like, for messages.</summary>
    public const string Forms = "an NBD server is nbd+unix:///NAME?socket=PATH or nbd://HOST:PORT/NAME";

    /// <summary>The port that is NBD's own.</summary>
    private const int UsualPort = 10809;

    private const string TcpStart = "nbd://";
    private const string UnixStart = "nbd+unix://";
    private const string SocketQuery = "socket=";

    /// <summary>Whether a text is meant as one.</summary>
    public static bool IsOne(string text) => text.StartsWith("nbd:", StringComparison.Ordinal) || text.StartsWith("nbd+", StringComparison.Ordinal)
        || text.StartsWith("nbds", StringComparison.Ordinal) && text.Contains("://", StringComparison.Ordinal);

    /// <summary>Reads an address.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NbdAddress? address)
    {
        address = null;
        if (text.StartsWith(UnixStart, StringComparison.Ordinal))
        {
            string[] parts = text[UnixStart.Length..].Split('?', 2);
            string? path = parts.Length < 2 ? null : Array.Find(parts[1].Split('&'), static part => part.StartsWith(SocketQuery, StringComparison.Ordinal));
            if (parts[0].StartsWith('/') && path?.Length > SocketQuery.Length)
            {
                address = new NbdAddress(Uri.UnescapeDataString(path[SocketQuery.Length..]), "", 0, Uri.UnescapeDataString(parts[0][1..]));
            }
        }
        else if (text.StartsWith(TcpStart, StringComparison.Ordinal)
            && Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0 && uri.Query.Length == 0 && uri.UserInfo.Length == 0)
        {
            address = new NbdAddress(null, uri.IdnHost.Trim('[', ']'), uri.Port < 0 ? UsualPort : uri.Port, Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')));
        }

        return address is not null;
    }

    /// <summary>Connects; nothing is said yet.</summary>
    [SupportedOSPlatform("linux")]
    public async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        Socket socket = SocketPath is null
            ? NbdConnection.Tune(new Socket(SocketType.Stream, ProtocolType.Tcp))
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            EndPoint place = SocketPath is null ? new DnsEndPoint(Host, Port) : new UnixDomainSocketEndPoint(SocketPath);
            await socket.ConnectAsync(place, cancellation).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => SocketPath is null
        ? string.Create(CultureInfo.InvariantCulture, $"nbd://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}/{Uri.EscapeDataString(ExportName)}")
        : $"nbd+unix:///{Uri.EscapeDataString(ExportName)}?socket={SocketPath}";
}
