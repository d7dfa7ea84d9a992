namespace TmemCore.Store;

/// <summary>
/// What is known of the ages of a client's oldest ephemeral pages, shard by shard. It may be out of date, for nobody keeps it but those who look
/// for a page to give up: what they meet in a shard corrects it.
/// </summary>
internal sealed class ClientAges
{
    private readonly ulong[] _ages;

    public ClientAges(uint client, int shards)
    {
        Client = client;
        _ages = new ulong[shards];
        Array.Fill(_ages, Shard.NoSequence);
    }

    /// <summary>The client. It changes in an object that serves whoever pays at the moment.</summary>
    public uint Client { get; set; }

    /// <summary>Pages that may still be given up before all shards are looked at again.</summary>
    public int Left { get; set; }

    public void Set(int shard, ulong age) => Volatile.Write(ref _ages[shard], age);

    /// <summary>Notes a page in a shard of which no page was known.</summary>
    public void NoteFirst(int shard, ulong age)
    {
        if (Volatile.Read(ref _ages[shard]) == Shard.NoSequence)
        {
            Set(shard, age);
        }
    }

    /// <summary>The shard with the lowest age, or -1.</summary>
    public int FindOldest() => FindOldest(_ages);

    /// <summary>The place of the lowest of ages that other threads may change, or -1 when all are <see cref="Shard.NoSequence"/>.</summary>
    public static int FindOldest(ulong[] ages)
    {
        while (true)
        {
            ulong oldest = ages.Min();
            int place = oldest == Shard.NoSequence ? -1 : ages.IndexOf(oldest);
            if (place >= 0 || oldest == Shard.NoSequence)
            {
                return place;
            }

            // Another thread has changed it in between.
        }
    }
}
