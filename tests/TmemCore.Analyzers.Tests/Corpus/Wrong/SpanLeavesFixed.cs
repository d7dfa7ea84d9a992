public static unsafe class Parser
{
    public static int Sum(string text)
    {
        ReadOnlySpan<char> view;
        fixed (char* pinned = text)
        {
            view = new ReadOnlySpan<char>(pinned, text.Length);
        }

        int sum = 0;
        for (int i = 0; i < 4; i++)
        {
            sum += {|TMEM104:view|}[i];
        }

        return sum;
    }
}
