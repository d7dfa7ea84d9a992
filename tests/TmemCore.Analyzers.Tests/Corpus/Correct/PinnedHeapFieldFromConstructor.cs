public sealed unsafe class Mixer
{
    private readonly float[] _left;
    private readonly float[] _right;

    public Mixer(int frames)
    {
        _left = GC.AllocateArray<float>(frames, pinned: true);
        _right = GC.AllocateUninitializedArray<float>(frames, true);
    }

    [DllImport("mix")]
    private static extern void mix(float* left, float* right, int frames);

    public void Mix()
    {
        float* left = (float*)Unsafe.AsPointer(ref _left[0]);
        float* right = (float*)Unsafe.AsPointer(ref _right[0]);
        mix(left, right, _left.Length);
    }
}
