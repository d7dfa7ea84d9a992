#!/bin/sh
# Boots Debian's kernel in QEMU's software emulation, and lets that machine swap to a disk that tmem serve --swap-safe, a process of its own, keeps in the same memory:
# the kernel's client of NBD, a file in memory that is larger than what is free, written and read back. Prints what the serial console showed between two
# marks, and fails when anything came back wrong, or nothing came back at all.
#
#   .ci/swap-boot.sh             prepare what is missing, then boot
#   .ci/swap-boot.sh prepare     install QEMU if it is absent, fetch the packages, publish the tool
#   .ci/swap-boot.sh boot        boot only
#
# TMEM_SWAP_FOLDER names the folder of its things (artifacts/swap-boot unless set), TMEM_SWAP_SECONDS bounds the boot (600 unless set).
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
folder=${TMEM_SWAP_FOLDER:-$here/artifacts/swap-boot}
seconds=${TMEM_SWAP_SECONDS:-600}
serial=$folder/serial.txt
name=swap-boot
. "$here/.ci/boot.sh"

fetch() {
    [ -e "$root/fetched" ] && return
    as_root apt-get update -qq
    kernel=$(kernel_of linux-image-amd64)
    [ -n "$kernel" ] || { say "this system's packages offer no kernel"; exit 1; }
    fetch_packages "$kernel" busybox-static nbd-client libnl-3-200 libnl-genl-3-200 libgnutls30
}

# The libraries that a program names, each at the path where its name will be looked for.
copy_libraries() {
    unpacked=$(find "$root" -name 'libnl-*.so*' -printf '%h\n' -o -name 'libgnutls.so*' -printf '%h\n' | sort -u | tr '\n' ':')
    LD_LIBRARY_PATH=$unpacked ldd "$1" | grep -o '/[^ ]*' | while read -r library; do
        target=$initrd${library#"$root"}
        mkdir -p "$(dirname "$target")"
        cp -L "$library" "$target"
    done
}

write_initrd() {
    begin_initrd
    mkdir -p "$initrd/run" "$initrd/memory"
    cp "$folder/tool/tmem" "$initrd/bin/tmem"
    client=$(find "$root" -path "*/sbin/nbd-client" -type f | head -1)
    cp "$client" "$initrd/bin/nbd-client"
    add_modules nbd
    copy_libraries "$folder/tool/tmem"
    copy_libraries "$client"

    # Named by nothing that can be asked: the runtime looks for it when it draws its first random number.
    for library in $(ldconfig -p | sed -n 's/.*lib\(ssl\|crypto\)[.]so[.]3 .*x86-64.*=> //p'); do
        mkdir -p "$initrd$(dirname "$library")"
        cp -L "$library" "$initrd$library"
    done
    cat >"$initrd/etc/tmem.json" <<'JSON'
{
  "socket": "/run/tmem.sock", "memory": "200MiB", "swapSafe": true,
  "nbdSocketPath": "/run/nbd.sock", "disks": [{ "name": "swap", "size": "160MiB", "compress": "lz4" }],
}
JSON
    cat >"$initrd/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs -o size=2g tmpfs /memory
insmod /nbd.ko nbds_max=1
export TMPDIR=/tmp HOME=/tmp
echo "=== begin"
tmem serve --config /etc/tmem.json &
daemon=$!
while [ ! -S /run/nbd.sock ]; do sleep 1; done
[ "$(cat /proc/$daemon/oom_score_adj)" = -1000 ] && echo "=== killed last"
grep -q memfd:tmem /proc/$daemon/maps && echo "=== the store is a memory file"
grep VmLck /proc/$daemon/status
echo 16384 >/proc/sys/vm/min_free_kbytes
nbd-client -unix /run/nbd.sock /dev/nbd0 -N swap -b 4096
mkswap /dev/nbd0
swapon /dev/nbd0
free -m

# A fourth of each page is noise. Each block begins at another place of a page, so that no page is like another.
for i in $(seq 256); do
    head -c 1024 /dev/urandom
    head -c 3072 /dev/zero
done >/base
content() {
    i=0
    while [ $i -lt $2 ]; do
        echo "round $1, block $i"
        cat /base
        i=$((i + 1))
    done
}
for round in 1 2; do
    content $round 290 >/memory/file
    grep nbd0 /proc/swaps
    [ "$(md5sum </memory/file)" = "$(content $round 290 | md5sum)" ] && echo "=== round $round came back" || echo "=== round $round is wrong"
done
tmem list --all --format table --socket /run/tmem.sock
rm /memory/file
swapoff /dev/nbd0 && echo "=== swapped off"
nbd-client -d /dev/nbd0
kill -TERM $daemon
wait $daemon
echo "=== daemon ended with $?"
echo "=== end"
poweroff -f
INIT
    end_initrd
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
    timeout "$seconds" qemu-system-x86_64 -accel tcg -cpu max -smp 2 -m 560 -display none -monitor none -no-reboot \
        -serial "file:$serial" -kernel "$folder/vmlinuz" -append "console=ttyS0 quiet panic=1" -initrd "$folder/initrd.gz" &
    machine=$!
    while kill -0 $machine 2>/dev/null && ! grep -q '^.*=== end' "$serial" 2>/dev/null; do sleep 1; done
    kill $machine 2>/dev/null || true
    wait $machine 2>/dev/null || true
    say "booted and ran in $(($(date +%s) - begun)) s"
    tr -d '\r' <"$serial" >"$folder/console.txt"
    for wanted in "killed last" "the store is a memory file" "round 1 came back" "round 2 came back" "swapped off" "daemon ended with 0" "end"; do
        if ! grep -q "^=== $wanted" "$folder/console.txt"; then
            tail -60 "$folder/console.txt" >&2
            say "the machine did not say \"$wanted\" within $seconds s"
            exit 1
        fi
    done
    sed -n '/=== begin/,/=== end/p' "$folder/console.txt"
}

case "${1:-all}" in
    prepare) prepare ;;
    boot) boot ;;
    all) prepare; boot ;;
    *) say "unknown: $1"; exit 2 ;;
esac
