using System.Globalization;
using Microsoft.Win32.SafeHandles;
using TmemCore.Memory;
using TmemCore.Store;

namespace TmemCore;

/// <summary>
/// A host about to be taken over from another process, see <see cref="TmemHost.BeginHandover"/>. Up to <see cref="Start"/> nothing of its memory is
/// written, so that the other may still go on with it. Not thread-safe.
/// </summary>
/// <example><code>
/// using var successor = HostSuccessor.Prepare(memory, state);
/// Tell("ready");                       // the other completes its handover, and says so
/// using TmemHost host = successor.Start();
/// </code></example>
public sealed class HostSuccessor : IDisposable
{
    private TmemHost? _host;

    private HostSuccessor(TmemHost host) => _host = host;

    /// <summary>The host, to be looked at and not to be used.</summary>
    internal TmemHost Host => _host ?? throw new InvalidOperationException("The host was taken over or left before.");

    /// <summary>Maps the memory and reads what came with it.</summary>
    /// <param name="memory">The memory file; it stays the caller's, who may close it afterwards.</param>
    /// <param name="state">What <see cref="HostHandover.State"/> was. From the process that owns the memory, and nobody else: it is believed.</param>
    /// <param name="options">
    /// Settings for later: whether new clients compress, what becomes of cold pages, name, metrics, locking of memory. What the memory is laid out by stays as
    /// it is, also where the options say otherwise: capacities, shards, limits of clients and pools, profile, policy; so does <see cref="TmemHost.Compression"/>.
    /// </param>
    /// <exception cref="InvalidDataException">The state is of another version, incomplete, or does not fit the memory.</exception>
    /// <exception cref="ArgumentException">The memory file is not one that could be mapped, or an option is out of its range.</exception>
    /// <exception cref="InsufficientMemoryException">The system has no addresses for it.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused to lock or protect the memory.</exception>
    public static HostSuccessor Prepare(SafeFileHandle memory, ReadOnlySpan<byte> state, TmemHostOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        using var reader = new BinaryReader(new MemoryStream(state.ToArray()));
        var transfer = new StateTransfer(reader);
        TmemHost? host = null;
        try
        {
            RequireVersion(transfer);
            HostShape shape = default;
            shape.PassOn(transfer);
            TmemHostOptions shaped = shape.ApplyTo(options ?? new TmemHostOptions());
            shaped.ValidateShape();
            host = new TmemHost(shaped, shape.Shards, new PageStore.Predecessor(memory, transfer));
            host.PassOnClients(transfer);
            return new HostSuccessor(host);
        }
        catch (Exception e)
        {
            host?.Dispose();
            throw e is EndOfStreamException ? new InvalidDataException("The state of the host that is handed over is incomplete.", e) : e;
        }
    }

    /// <summary>Takes the host over, with all its clients and pools: <see cref="TmemHost.TryGetClient"/> and <see cref="TmemClient.TryGetPool"/> find them.</summary>
    /// <returns>The host, which is the caller's now.</returns>
    /// <exception cref="InvalidOperationException">It was taken over or left before.</exception>
    public TmemHost Start()
    {
        TmemHost host = Host;
        _host = null;
        host.BeginServing();
        return host;
    }

    /// <summary>Leaves the host to the process that has it, unless it was taken over.</summary>
    public void Dispose()
    {
        _host?.Dispose();
        _host = null;
    }

    private static void RequireVersion(StateTransfer transfer)
    {
        int version = 0;
        transfer.Pass(ref version);
        if (version != HostHandover.Version)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The host is of version {version} of records in memory; this library knows version {HostHandover.Version}. It can be moved client by client."));
        }
    }
}
