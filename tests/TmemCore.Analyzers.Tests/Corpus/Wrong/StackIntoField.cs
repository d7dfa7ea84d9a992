public sealed unsafe class Connection
{
    private int* _status;

    public void Start()
    {
        int status = 0;
        _status = {|TMEM102:&status|};
    }

    public int Status => *_status;
}
