using System.Runtime.InteropServices;

namespace TmemCore.Benchmarks.Peers;

/// <summary>
/// LMDB as fast as it goes: its file in memory where the system has such a folder, written through the map, never synced, one
/// transaction for a put and a renewed one for a get.
/// </summary>
internal sealed unsafe class LmdbStore : IPeerStore
{
    private const string MemoryFolder = "/dev/shm";

    /// <summary>A value and its header take two pages of its file; as many again for what a transaction leaves behind.</summary>
    private const int MapPagesPerEntry = 4;
    private const long LeastMapBytes = 64 << 20;
    private const uint OwnerReadsAndWrites = 0x180;

    private readonly string _path = Path.Combine(
        Directory.Exists(MemoryFolder) ? MemoryFolder : Path.GetTempPath(), $"tmem-peer-{Environment.ProcessId}.mdb");

    private readonly nint _environment;
    private readonly uint _database;
    private readonly nint _reader;

    public LmdbStore(int entries)
    {
        Require(Native.CreateEnvironment(out _environment), "make an environment");
        Require(Native.SetMapSize(_environment, (nuint)(LeastMapBytes + ((long)entries * MapPagesPerEntry * TmemPool.PageBytes))), "size the map");
        const uint flags = Native.NoSubfolder | Native.NoSync | Native.WriteMap | Native.NoThreadLocals | Native.NoReadAhead;
        Require(Native.OpenEnvironment(_environment, _path, flags, OwnerReadsAndWrites), $"open {_path}");
        Require(Native.Begin(_environment, 0, 0, out nint transaction), "begin");
        Require(Native.OpenDatabase(transaction, null, Native.IntegerKey | Native.Create, out _database), "open the database");
        Require(Native.Commit(transaction), "commit");
        Require(Native.Begin(_environment, 0, Native.ReadOnly, out _reader), "begin to read");
        Native.Reset(_reader);
    }

    /// <summary>Whether the system has the library.</summary>
    public static bool IsThere { get; } = NativeLibrary.TryLoad(Native.Library, out _);

    public void Put(long key, ReadOnlySpan<byte> value)
    {
        Require(Native.Begin(_environment, 0, 0, out nint transaction), "begin");
        var name = new Native.Value { Bytes = sizeof(long), Data = &key };
        fixed (byte* bytes = value)
        {
            var content = new Native.Value { Bytes = (nuint)value.Length, Data = bytes };
            Require(Native.Put(transaction, _database, &name, &content, 0), "put");
        }

        Require(Native.Commit(transaction), "commit");
    }

    public bool TryGet(long key, Span<byte> value)
    {
        Require(Native.Renew(_reader), "renew");
        var name = new Native.Value { Bytes = sizeof(long), Data = &key };
        Native.Value found;
        int error = Native.Get(_reader, _database, &name, &found);
        if (error != Native.NotFound)
        {
            Require(error, "get");
            new ReadOnlySpan<byte>(found.Data, (int)found.Bytes).CopyTo(value);
        }

        Native.Reset(_reader);
        return error == 0;
    }

    public void Dispose()
    {
        Native.Abort(_reader);
        Native.CloseEnvironment(_environment);
        File.Delete(_path);
        File.Delete(_path + "-lock");
    }

    private static void Require(int error, string what)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"LMDB could not {what}: {Marshal.PtrToStringUTF8(Native.Describe(error))}");
        }
    }
}
