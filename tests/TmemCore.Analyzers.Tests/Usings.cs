global using TmemCore.Analyzers.Tests.Harness;
global using Xunit;
