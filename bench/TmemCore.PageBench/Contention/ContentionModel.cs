namespace TmemCore.PageBench.Contention;

/// <summary>
/// Threads in a circle: each does one operation after the other, waiting where another is first. Who came first is served
/// first. Processors are as many as threads, and memory has no limit: it tells what locks cost, and nothing else.
/// </summary>
internal sealed class ContentionModel(IReadOnlyList<ContentionStage> stages, double outsideNs, double handoverNs)
{
    private const int Operations = 100_000;

    /// <summary>Simulates.</summary>
    /// <param name="threads">Threads, and processors.</param>
    /// <param name="shards">Shards.</param>
    /// <param name="isOneObject">Whether all threads want pages of one object.</param>
    /// <returns>Operations a nanosecond, and the share of the threads' time that they wait.</returns>
    public (double Throughput, double Waiting) Run(int threads, int shards, bool isOneObject)
    {
        var state = new State(shards, stages.Count);
        var next = new PriorityQueue<(int Stage, double Waited), double>();
        for (int t = 0; t < threads; t++)
        {
            next.Enqueue((0, 0), state.Random.NextDouble() * outsideNs);
        }

        double waited = 0;
        double now = 0;
        for (int done = 0; done < Operations;)
        {
            next.TryDequeue(out (int Stage, double Waited) at, out now);
            waited += at.Waited;
            ContentionStage stage = stages[at.Stage];
            ref double freeAt = ref state.FreeAt(stage.Place, at.Stage, isOneObject, now);
            double wait = Math.Max(freeAt - now, 0);
            freeAt = now + wait + Hold(stage, threads, wait > 0, state.Random);
            if (stage.Place == ContentionPlace.OldestShard)
            {
                state.EvictionEnds(freeAt);
            }

            bool isLast = at.Stage == stages.Count - 1;
            done += isLast ? 1 : 0;
            next.Enqueue((isLast ? 0 : at.Stage + 1, wait), freeAt + (isLast ? outsideNs : 0));
        }

        return (Operations / now, waited / (now * threads));
    }

    private double Hold(ContentionStage stage, int threads, bool hasWaited, Random random)
    {
        double ns = stage.Ns[random.Next(stage.Ns.Length)];
        return stage.Place == ContentionPlace.SharedLine
            ? threads > 1 ? ns : 0
            : ns + (hasWaited ? handoverNs : 0);
    }

    /// <summary>When each place is free again, and where the oldest page is.</summary>
    private sealed class State(int shards, int stages)
    {
        private readonly double[] _shards = new double[shards];
        private readonly double[] _lines = new double[stages];
        private readonly PriorityQueue<double, double> _evictionEnds = new();
        private int _oldest;

        public Random Random { get; } = new(1);

        public ref double FreeAt(ContentionPlace place, int stage, bool isOneObject, double now)
        {
            // Whoever looks while an eviction lasts sees the same oldest page as it did; afterwards another is the oldest.
            while (_evictionEnds.TryPeek(out double end, out _) && end <= now)
            {
                _evictionEnds.Dequeue();
                _oldest = Random.Next(_shards.Length);
            }

            switch (place)
            {
                case ContentionPlace.OldestShard:
                    return ref _shards[_oldest];
                case ContentionPlace.Shard:
                    return ref _shards[isOneObject ? 0 : Random.Next(_shards.Length)];
                default:
                    return ref _lines[stage];
            }
        }

        public void EvictionEnds(double at) => _evictionEnds.Enqueue(at, at);
    }
}
