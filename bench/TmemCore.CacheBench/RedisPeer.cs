using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using StackExchange.Redis;

namespace TmemCore.CacheBench;

/// <summary>A server of its own on a Unix socket, without persistence, with a limit and its approximate least-frequently-used eviction.</summary>
internal sealed class RedisPeer : ICachePeer
{
    private const string Command = "redis-server";

    private readonly string _folder = Directory.CreateTempSubdirectory("tmem-bench-").FullName;
    private readonly Process _server;
    private readonly ConnectionMultiplexer _connection;
    private readonly IDatabase _database;

    public RedisPeer(long limitBytes)
    {
        string socket = Path.Combine(_folder, "redis.sock");
        _server = Process.Start(new ProcessStartInfo(
            Command,
            ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--maxmemory", $"{limitBytes}", "--maxmemory-policy", "allkeys-lfu"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _folder,
        })!;
        _server.OutputDataReceived += static (_, _) => { };
        _server.BeginOutputReadLine();
        while (!File.Exists(socket))
        {
            Thread.Sleep(10);
        }

        _connection = ConnectionMultiplexer.Connect(new ConfigurationOptions { EndPoints = { new UnixDomainSocketEndPoint(socket) } });
        _database = _connection.GetDatabase();
    }

    /// <summary>Whether the machine has a server to start.</summary>
    public static bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(static folder => File.Exists(Path.Combine(folder, Command)));

    public int ProcessId => _server.Id;

    public bool TryGet(string key, ArrayBufferWriter<byte> writer) => _database.StringGet(key).HasValue;

    public void Set(string key, byte[] buffer, int length) => _database.StringSet(key, buffer.AsMemory(0, length));

    public void Dispose()
    {
        _connection.Dispose();
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
