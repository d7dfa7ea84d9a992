namespace TmemCore.PageBench;

/// <summary>Threads that begin at the same moment.</summary>
internal static class Crew
{
    /// <summary>Runs <paramref name="work"/> with the numbers 0 to <paramref name="threads"/> - 1, each on a thread of its own, and waits for all.</summary>
    public static void Run(int threads, Action<int> work)
    {
        using var begin = new Barrier(threads);
        var running = new Thread[threads];
        for (int t = 0; t < threads; t++)
        {
            int number = t;
            running[t] = new Thread(() =>
            {
                begin.SignalAndWait();
                work(number);
            });
            running[t].Start();
        }

        foreach (Thread thread in running)
        {
            thread.Join();
        }
    }
}
