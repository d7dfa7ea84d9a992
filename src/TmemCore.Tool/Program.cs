using System.CommandLine;
using TmemCore.Tool.Commands;

var root = new RootCommand("tmem: transcendent memory from the command line.")
{
    XenCommand.Create(),
};
return root.Parse(args).Invoke();
