#!/bin/sh
# Boots Debian's kernel in QEMU's software emulation, with a disk of a daemon as its only disk. The machine swaps to it, fills more memory
# than it has, looks at each page again, frees the disk and ends. Its console is this script's output.
#
#   .ci/guest-swap-boot.sh prepare                             install what is absent, fetch the packages, compile the program, make the initrd
#   .ci/guest-swap-boot.sh boot URI MEBIBYTES PAGES ROUNDS     boot a machine of MEBIBYTES at an NBD URI; ROUNDS 0 never ends
#
# For one, beside a daemon of 'tmem serve --memory 600MiB --nbd-socket /tmp/nbd.sock --disk swap=448MiB':
#
#   .ci/guest-swap-boot.sh boot "nbd+unix:///swap?socket=/tmp/nbd.sock" 96 73728 2
#
# TMEM_GUEST_SWAP_FOLDER names the folder of its things (artifacts/guest-swap-boot unless set).
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
folder=${TMEM_GUEST_SWAP_FOLDER:-$here/artifacts/guest-swap-boot}
name=guest-swap-boot
. "$here/.ci/boot.sh"

fetch() {
    [ -e "$root/fetched" ] && return
    as_root apt-get update -qq
    kernel=$(kernel_of linux-image-cloud-amd64)
    [ -n "$kernel" ] || { say "this system's packages offer no kernel"; exit 1; }
    fetch_packages "$kernel" busybox-static
}

write_initrd() {
    begin_initrd
    add_modules virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk
    cc -Wall -Wextra -Werror -O2 -static -o "$initrd/bin/swap-pages" "$here/.ci/swap-pages.c"
    cat >"$initrd/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
for module in virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk; do
    /bin/busybox insmod /$module.ko
done

# The kernel tells only a disk that does not rotate what has been freed, and takes a virtio disk for one that does.
echo 0 >/sys/block/vda/queue/rotational
/bin/busybox mkswap /dev/vda
/bin/busybox swapon -d /dev/vda
exec /bin/swap-pages "$1" "$2" /bin/busybox sh /after
INIT
    cat >"$initrd/after" <<'AFTER'
echo "=== input/output errors $(/bin/busybox dmesg | /bin/busybox grep -c 'I/O error, dev vda')"
/bin/busybox swapoff /dev/vda
echo "=== swapoff $?"
echo "=== discarded sectors $(/bin/busybox awk '{ print $14 }' /sys/block/vda/stat)"
/bin/busybox blkdiscard /dev/vda
echo "=== discard $?"
echo "=== end"
/bin/busybox poweroff -f
AFTER
    end_initrd
}

prepare() {
    mkdir -p "$folder"
    fetch
    install_missing qemu-system-x86_64=qemu-system-x86 cpio=cpio "cc=gcc libc6-dev"
    write_initrd
}

# The first root file system is ramfs, which is never swapped out: what ends the machine is there when its disk is gone. Only what
# stops the kernel is on the console, since its lines would come in the middle of others.
boot() {
    exec qemu-system-x86_64 -accel tcg -cpu max -m "$2" -nodefaults -display none -no-reboot -serial stdio \
        -kernel "$folder/vmlinuz" -initrd "$folder/initrd.gz" \
        -append "console=ttyS0 loglevel=1 panic=1 rootfstype=ramfs -- $3 $4" \
        -drive "file=$1,format=raw,if=virtio,discard=unmap"
}

case "${1:-}" in
    prepare) prepare ;;
    boot)
        shift
        [ $# = 4 ] || { say "boot takes URI MEBIBYTES PAGES ROUNDS"; exit 2; }
        boot "$@"
        ;;
    *) say "unknown: ${1:-nothing}; there are prepare and boot"; exit 2 ;;
esac
