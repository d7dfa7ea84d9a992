# The quick tier: what every change must pass.

tier_quick() {
  # Tests that publish and pack run here, too; on a machine without a C compiler those that link are skipped.
  export TMEM_PUBLISH=1
  required_step "Build, warnings as errors" dotnet build TmemCore.sln -warnaserror -v quiet
  step "Format" dotnet format TmemCore.sln --verify-no-changes --no-restore
  step "The README's first command" run_readme_command "dotnet run"
  step "Tests" run_readme_command "dotnet test"
}
