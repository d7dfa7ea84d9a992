using TmemCore.Tool.Commands;
using TmemCore.Tool.Terminal;

return await new TmemCommand(ToolConsole.Standard()).RunAsync(args);
