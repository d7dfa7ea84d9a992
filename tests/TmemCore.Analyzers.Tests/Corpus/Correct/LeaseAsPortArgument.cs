public static class Ports
{
    public static long Call(IHypercallPort port)
    {
        using HypercallBuffer op = HypercallBufferPool.Shared.Rent(56);
        op.Span[0] = 1;
        return port.Call(HypercallNumber.TmemOp, op);
    }
}
