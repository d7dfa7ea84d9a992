# The deep tier: what takes the whole machine, or a machine of its own.

tier_deep() {
  step "A host of 17 GiB, and ten million operations on packed pages" env TMEM_SCALE=1 dotnet test tests/TmemCore.Tests --no-build --filter ScaleTests
  step "Longer histories of threads and longer random sequences" \
    env TMEM_STRESS=4 dotnet test tests/TmemCore.Tests --no-build --filter "ModelTests|LinearityTests"
  step "A real hypervisor in an emulated machine" \
    env TMEM_XEN_BOOT=1 dotnet test tests/TmemCore.Xen.Tests --no-build --filter XenBootTests
}
