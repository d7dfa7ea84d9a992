# The deep tier: what takes the whole machine, or a machine of its own.

tier_deep() {
  step "A host of 17 GiB, ten million operations on packed pages, and a client of a GiB that moves" env TMEM_SCALE=1 dotnet test tests/TmemCore.Tests --no-build --filter ScaleTests
  step "Longer histories of threads and longer random sequences" \
    env TMEM_STRESS=4 dotnet test tests/TmemCore.Tests --no-build --filter "ModelTests|LinearityTests"
  step "Moves and saves under load, more often, and processes killed in the middle" \
    env TMEM_STRESS=4 dotnet test tests/TmemCore.Tests --no-build --filter "SaveUnderLoadTests|MoveTests|PauseTests|KilledPeerTests"
  step "A million spoiled save streams" \
    env TMEM_FUZZ_ROUNDS=1000000 dotnet test tests/TmemCore.Tests --no-build --filter StreamFuzzTests
  step "A million spoiled requests to a daemon" \
    env TMEM_FUZZ_ROUNDS=1000000 dotnet test tests/TmemCore.Server.Tests --no-build --filter "FullyQualifiedName~Tests.HostilePeerTests|FullyQualifiedName~ChannelTests"
  step "A hundred thousand spoiled requests to disks" \
    env TMEM_FUZZ_ROUNDS=100000 dotnet test tests/TmemCore.Server.Tests --no-build --filter NbdHostilePeerTests
  step "Daemons that take over from each other, and successors killed at any moment" \
    env TMEM_STRESS=5 dotnet test tests/TmemCore.Tool.Tests --no-build --filter TakeoverCommandTests
  step "Clients of NBD from Debian's packages" install_packages qemu-utils libnbd-bin fio nbdkit
  step "Disks over NBD, used by those clients" \
    env TMEM_NBD_CLIENTS=1 dotnet test tests/TmemCore.Server.Tests --no-build --filter NbdClientTests
  step "Daemons and clients of disks, killed at any moment" \
    env TMEM_NBD_CLIENTS=1 dotnet test tests/TmemCore.Tool.Tests --no-build --filter ServeDiskTests
  step "Machines that swap to a daemon, some of them killed, and some of their daemons" \
    env TMEM_SWAP_BOOT=1 dotnet test tests/TmemCore.Tool.Tests --no-build --filter SwapTests
  step "An emulated machine that swaps to a disk of a daemon of its own" .ci/swap-boot.sh
  step "A real hypervisor in an emulated machine" \
    env TMEM_XEN_BOOT=1 dotnet test tests/TmemCore.Xen.Tests --no-build --filter XenBootTests
}
