public static unsafe class Blas
{
    [DllImport("blas")]
    private static extern void dgemv(int rows, int columns, double* a, double* x, double* y);

    public static void Multiply(double[] a, double[] x, double[] y)
    {
        fixed (double* pa = a)
        {
            fixed (double* px = &x[0])
            {
                double* py;
                fixed (double* pinned = y)
                {
                    py = pinned;
                    dgemv(y.Length, x.Length, pa, px, py);
                }
            }
        }
    }
}
