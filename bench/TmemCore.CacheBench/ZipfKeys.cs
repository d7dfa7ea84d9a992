namespace TmemCore.CacheBench;

/// <summary>Keys whose frequency falls with their rank, the ranks mixed up so that neighbours have nothing in common.</summary>
internal sealed class ZipfKeys
{
    private readonly double[] _sums;
    private readonly int[] _keys;
    private readonly Random _random;

    public ZipfKeys(int keys, double skew, int seed)
    {
        _random = new Random(seed);
        _sums = new double[keys];
        _keys = [.. Enumerable.Range(0, keys)];
        _random.Shuffle(_keys);
        double sum = 0;
        for (int rank = 0; rank < keys; rank++)
        {
            _sums[rank] = sum += Math.Pow(rank + 1, -skew);
        }
    }

    public int Next()
    {
        int at = Array.BinarySearch(_sums, _random.NextDouble() * _sums[^1]);
        return _keys[Math.Min(at < 0 ? ~at : at, _keys.Length - 1)];
    }
}
