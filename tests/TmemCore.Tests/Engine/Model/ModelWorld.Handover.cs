namespace TmemCore.Tests.Engine.Model;

internal sealed partial class ModelWorld
{
    /// <summary>Lets a successor take the store over, or prepare to and leave it.</summary>
    private void HandOver(bool isCompleted)
    {
        if (_options.Backing != BackingMemory.MemoryFile)
        {
            return;
        }

        TmemHost old = _host;
        using (HostHandover handover = old.BeginHandover())
        using (HostSuccessor successor = HostSuccessor.Prepare(handover.Memory, handover.State.Span, _options))
        {
            if (!isCompleted)
            {
                return;
            }

            handover.Complete();
            _host = successor.Start();
        }

        old.Dispose();
        Require("problems after a handover", "", string.Join("; ", _host.Verify()));
        FindAgain();
    }

    /// <summary>Finds clients and pools by the ids that they had.</summary>
    private void FindAgain()
    {
        for (int client = 0; client < ModelOp.Clients; client++)
        {
            if (_clients[client] is not TmemClient known)
            {
                continue;
            }

            Require("client found", true, _host.TryGetClient(known.Id, out TmemClient? found));
            Require("name", known.Name, found!.Name);
            _clients[client] = found;
            for (int slot = 0; slot < ModelOp.Slots; slot++)
            {
                if (_pools[client, slot] is TmemPool pool)
                {
                    Require("pool found", true, found.TryGetPool(pool.Id, out TmemPool? again));
                    Require("kind of pool", pool.GetType(), again!.GetType());
                    _pools[client, slot] = again;
                }
            }
        }
    }
}
