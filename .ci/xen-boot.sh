#!/bin/sh
# Boots Debian's Xen in QEMU's software emulation, with a control domain that holds nothing but busybox and the tmem
# command, and runs 'tmem xen' there. Prints what the serial console showed between two marks.
#
#   .ci/xen-boot.sh              prepare what is missing, then boot
#   .ci/xen-boot.sh prepare      install QEMU if it is absent, fetch the packages, publish the tool
#   .ci/xen-boot.sh boot         boot only
#
# TMEM_XEN_FOLDER names the folder of its things (artifacts/xen-boot unless set), TMEM_XEN_SECONDS bounds the boot (420 unless set).
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
folder=${TMEM_XEN_FOLDER:-$here/artifacts/xen-boot}
seconds=${TMEM_XEN_SECONDS:-420}
serial=$folder/serial.txt
name=xen-boot
. "$here/.ci/boot.sh"

fetch() {
    [ -e "$root/fetched" ] && return
    as_root apt-get update -qq
    kernel=$(kernel_of linux-image-amd64)
    xen=$(apt-cache search --names-only '^xen-hypervisor-[0-9.]+-amd64$' | cut -d' ' -f1 | sort -V | tail -1)
    [ -n "$kernel" ] && [ -n "$xen" ] || { say "this system's packages offer no kernel or no hypervisor"; exit 1; }
    fetch_packages "$kernel" "$xen" busybox-static
}

write_initrd() {
    begin_initrd
    echo "root:x:0:0:root:/:/bin/sh" >"$initrd/etc/passwd"
    echo "nobody:x:65534:65534:nobody:/tmp:/bin/sh" >>"$initrd/etc/passwd"
    cp "$folder/tool/tmem" "$initrd/bin/tmem"
    add_modules xen-privcmd

    # The libraries the tool names, each at its own path.
    ldd "$folder/tool/tmem" | grep -o '/[^ ]*' | while read -r library; do
        mkdir -p "$initrd$(dirname "$library")"
        cp -L "$library" "$initrd$library"
    done
    cat >"$initrd/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox insmod /xen-privcmd.ko
export TMPDIR=/tmp HOME=/tmp
run() {
    echo "=== $1"
    shift
    "$@" 2>&1
    echo "=== exit $?"
}
echo "=== begin"
for command in probe frames "list --all" freeable roundtrip; do
    run "$command" /bin/tmem xen $command
done

# The domain may grow by 32 MiB: frames that did not go back would use that up in two rounds.
for round in 1 2 3 4; do
    run "round $round" /bin/tmem xen frames --pages 4096
done
run "another user" /bin/busybox su -s /bin/sh nobody -c "/bin/tmem xen probe"
/bin/busybox rm /dev/xen/hypercall
run "without buffer device: probe" /bin/tmem xen probe
run "without buffer device: frames" /bin/tmem xen frames
/bin/busybox rmmod xen_privcmd
run "without module" /bin/tmem xen probe
echo "=== end"
/bin/busybox poweroff -f
INIT
    end_initrd
    gunzip -c "$root"/boot/xen-*-amd64.gz >"$folder/xen"
}

prepare() {
    mkdir -p "$folder"
    fetch
    install_missing qemu-system-x86_64=qemu-system-x86 cpio=cpio
    publish_tool
    write_initrd
}

boot() {
    rm -f "$serial"
    begun=$(date +%s)
    timeout "$seconds" qemu-system-x86_64 -accel tcg -cpu max,smap=off,smep=off -m 1024 -display none -monitor none \
        -no-reboot -serial "file:$serial" -kernel "$folder/xen" \
        -append "dom0_mem=512M,max:544M com1=115200,8n1 console=com1" \
        -initrd "$folder/vmlinuz console=hvc0 quiet panic=1,$folder/initrd.gz" &
    machine=$!
    while kill -0 $machine 2>/dev/null && ! grep -q '^.*=== end' "$serial" 2>/dev/null; do sleep 1; done
    kill $machine 2>/dev/null || true
    wait $machine 2>/dev/null || true
    say "booted and ran in $(($(date +%s) - begun)) s"
    tr -d '\r' <"$serial" >"$folder/console.txt"
    if ! grep -q '=== end' "$folder/console.txt"; then
        tail -40 "$folder/console.txt" >&2
        say "the control domain did not finish within $seconds s"
        exit 1
    fi
    sed -n '/=== begin/,/=== end/p' "$folder/console.txt"
}

case "${1:-all}" in
    prepare) prepare ;;
    boot) boot ;;
    all) prepare; boot ;;
    *) say "unknown: $1"; exit 2 ;;
esac
