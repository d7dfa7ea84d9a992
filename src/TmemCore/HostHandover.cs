using Microsoft.Win32.SafeHandles;
using TmemCore.Memory;
using TmemCore.Statistics;

namespace TmemCore;

/// <summary>
/// A host that stands still, so that another process can take it over, see <see cref="TmemHost.BeginHandover"/>. Calls to the host wait until it is
/// disposed or completed. Thread-safe.
/// </summary>
public sealed class HostHandover : IDisposable
{
    /// <summary>The form of <see cref="State"/> and of all records in the memory: a successor has to know the same.</summary>
    internal const int Version = 3;

    private readonly TmemHost _host;
    private readonly ManualResetEventSlim _isHalted = new();
    private readonly ManualResetEventSlim _isDecided = new();
    private readonly Thread _keeper;
    private readonly Lock _gate = new();
    private byte[] _state = [];
    private Exception? _refusal;
    private bool _isOver;
    private bool _isComplete;

    internal HostHandover(TmemHost host)
    {
        _host = host;

        // The control lock belongs to a thread, and whoever hands over may wait in ways that change theirs.
        _keeper = new Thread(Keep) { Name = "TmemCore handover", IsBackground = true };
        _keeper.Start();
        _isHalted.Wait();
        if (_refusal is not null)
        {
            _keeper.Join();
            throw _refusal;
        }
    }

    /// <summary>The memory file with everything in it, to be sent to the successor; open as long as the host is not disposed or handed over.</summary>
    public SafeFileHandle Memory => _host.Store.MemoryFile;

    /// <summary>
    /// What lies outside of the memory file: some hundred bytes for each part of the store and each client. Secret, since the key of the hash is in it.
    /// </summary>
    public ReadOnlyMemory<byte> State => _state;

    /// <summary>
    /// Ends the host here without freeing anything: the memory is the successor's. Calls that wait, and later ones, throw
    /// <see cref="ObjectDisposedException"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The host goes on here already.</exception>
    public void Complete() => Decide(isComplete: true);

    /// <summary>Lets the host go on, unless it has been handed over.</summary>
    public void Dispose() => Decide(isComplete: false);

    private void Decide(bool isComplete)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                if (isComplete && !_isComplete)
                {
                    throw new InvalidOperationException("The handover was given up, and the host goes on.");
                }

                return;
            }

            _isOver = true;
            _isComplete = isComplete;
            _isDecided.Set();
            _keeper.Join();
            _isHalted.Dispose();
            _isDecided.Dispose();
        }
    }

    private void Keep()
    {
        try
        {
            lock (_host.Store.Control)
            {
                HaltAndSave();
                _isHalted.Set();
                _isDecided.Wait();
                if (_isComplete)
                {
                    _host.Store.LeaveHalted();
                }
                else
                {
                    _host.Store.GoOn();
                }
            }

            if (_isComplete)
            {
                HostRegistry.Remove(_host);
            }
        }
        catch (Exception e) when (!_isHalted.IsSet)
        {
            _refusal = e;
            _isHalted.Set();
        }
    }

    private void HaltAndSave()
    {
        _host.Store.RequireLive();
        if (_host.Store.MemoryFile.IsInvalid)
        {
            throw new InvalidOperationException(
                $"{nameof(TmemHostOptions.Backing)} is {_host.Options.Backing}; a host can be handed over when it is {BackingMemory.MemoryFile}.");
        }

        if (_host.FindObstacle() is string obstacle)
        {
            throw new InvalidOperationException($"The host cannot be handed over just now. {obstacle}");
        }

        _host.Store.Halt();
        try
        {
            using var bytes = new MemoryStream();
            using var writer = new BinaryWriter(bytes);
            var state = new StateTransfer(writer);
            int version = Version;
            state.Pass(ref version);
            HostShape.Of(_host.Options, _host.Store.ShardCount).PassOn(state);
            _host.Store.PassOnHash(state);
            _host.Store.PassOn(state);
            _host.PassOnClients(state);
            _state = bytes.ToArray();
        }
        catch
        {
            _host.Store.GoOn();
            throw;
        }
    }
}
