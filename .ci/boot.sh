# What the scripts that boot an emulated machine share. To be sourced with $here, the top of the repository, $name, what the script
# is called, and $folder, where its things are.
#
# Nothing of a hypervisor or of a kernel is installed on this machine: packages are unpacked into $folder/root.

root=$folder/root
initrd=$folder/initrd

say() { echo "$name: $*" >&2; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# install_missing COMMAND=PACKAGES…: installs the packages of each command that is not there.
install_missing() {
    missing=
    for tool in "$@"; do
        command -v "${tool%%=*}" >/dev/null || missing="$missing ${tool#*=}"
    done
    [ -z "$missing" ] && return
    say "installing$missing"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >"$folder/apt.log" 2>&1 ||
        { tail -20 "$folder/apt.log" >&2; exit 1; }
}

# kernel_of PACKAGE: the kernel that this package of Debian's stands for now.
kernel_of() { apt-cache depends "$1" | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\)/\1/p' | head -1; }

# fetch_packages PACKAGE…: has them in $folder/root.
fetch_packages() {
    say "fetching $*"
    mkdir -p "$folder/packages" "$root"
    (cd "$folder/packages" && rm -f ./*.deb && apt-get download -qq "$@" 2>"$folder/apt.log") ||
        { cat "$folder/apt.log" >&2; exit 1; }
    for package in "$folder/packages"/*.deb; do dpkg -x "$package" "$root"; done
    touch "$root/fetched"
}

# publish_tool: the command as native code, in $folder/tool.
publish_tool() {
    say "publishing tmem as native code"
    dotnet publish "$here/src/TmemCore.Tool" -c Release -r linux-x64 -p:PublishAot=true -p:PackAsTool=false \
        -o "$folder/tool" -v q >"$folder/publish.log" 2>&1 || { cat "$folder/publish.log" >&2; exit 1; }
    if grep -q 'warning IL' "$folder/publish.log"; then
        cat "$folder/publish.log" >&2
        exit 1
    fi
}

# begin_initrd: a first root folder, with busybox and nothing else.
begin_initrd() {
    rm -rf "$initrd"
    mkdir -p "$initrd/bin" "$initrd/dev" "$initrd/proc" "$initrd/sys" "$initrd/tmp" "$initrd/etc"
    ln -s busybox "$initrd/bin/sh"
    cp "$(find "$root" -name busybox -path '*/bin/*' | head -1)" "$initrd/bin/busybox"
}

# add_modules NAME…: modules of the kernel, at the top of the initrd.
add_modules() {
    for module in "$@"; do find "$root/lib/modules" -name "$module.ko" -exec cp {} "$initrd/" \;; done
}

# end_initrd: the initrd as one file, and the kernel beside it.
end_initrd() {
    chmod +x "$initrd/init"
    (cd "$initrd" && find . | cpio -o -H newc --quiet | gzip -1) >"$folder/initrd.gz"
    cp "$root"/boot/vmlinuz-* "$folder/vmlinuz"
}
