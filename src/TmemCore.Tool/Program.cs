using System.CommandLine;
using TmemCore.Tool.Commands;

RootCommand root = new("The command of the TmemCore page store.")
{
    AbiCommand.Create(),
};
return root.Parse(args).Invoke();
