#!/bin/sh
# Makes tmem-VERSION-RID.tar.gz: the tmem command as one native binary, which needs no .NET on the machine it runs on, with its unit,
# example settings, licence and notices.
#
#   src/TmemCore.Tool/packaging/pack-native.sh                      linux-x64, into artifacts/native
#   src/TmemCore.Tool/packaging/pack-native.sh linux-arm64 FOLDER   another system, another folder
#
# It is linked with clang, or with gcc where there is none. Prints the archive's path and the bytes of the binary and the archive. The
# archive of the same sources is the same: times in it are those of SOURCE_DATE_EPOCH, 0 unless set.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tool=$(dirname "$here")
root=$(cd "$tool/../.." && pwd)
system=${1:-linux-x64}
folder=${2:-$root/artifacts/native}

linker=gcc
command -v clang >/dev/null && linker=clang
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
version=$(dotnet msbuild "$tool" -getProperty:Version)
name=tmem-$version-$system
stage=$folder/stage
rm -rf "$stage"
mkdir -p "$stage/$name"

# Whatever is built on the way lies apart, so that other builds of the same tree may go on.
dotnet publish "$tool" -c Release -r "$system" -p:PublishAot=true -p:PackAsTool=false -p:TrimmerSingleWarn=false \
    -p:UseArtifactsOutput=true -p:ArtifactsPath="$stage/build" -p:CppCompilerAndLinker=$linker -p:StripSymbols=true \
    -warnaserror -m:1 -v q -o "$stage/published" >"$folder/publish.log" 2>&1 ||
    { cat "$folder/publish.log" >&2; exit 1; }
if grep -q 'warning' "$folder/publish.log"; then
    cat "$folder/publish.log" >&2
    exit 1
fi

install -m 0755 "$stage/published/tmem" "$stage/$name/tmem"
install -m 0644 "$here/tmem.service" "$here/tmem.json" "$here/tmem.sysusers.conf" \
    "$tool/THIRD-PARTY-NOTICES.txt" "$root/LICENSE" "$stage/$name/"
# The pages lie beside each other in the archive.
sed 's#(\.\./\.\./[A-Za-z.]*/docs/#(#g' "$tool/docs/daemon.md" >"$stage/$name/daemon.md"
sed 's#(\.\./\.\./[A-Za-z.]*/docs/#(#g' "$root/src/TmemCore.Server/docs/swap.md" >"$stage/$name/swap.md"
chmod 0644 "$stage/$name"/*.md
# What the runtime in the binary, and what it carries of others, asks to be passed on.
packages=$(dotnet msbuild "$tool" -getProperty:NuGetPackageRoot)
runtime=$(dotnet msbuild "$tool" -getProperty:BundledNETCoreAppPackageVersion)
for part in microsoft.netcore.app.runtime.nativeaot microsoft.aspnetcore.app.runtime; do
    from=$packages$part.$system/$runtime
    find "$from" -maxdepth 1 -iname 'licen?e.txt' -o -maxdepth 1 -iname '*notices.txt' | sort | while read -r text; do
        printf '%s %s, %s\n\n' "$part" "$runtime" "$(basename "$text")"
        cat "$text"
    done
done >"$stage/$name/DOTNET-NOTICES.txt"
chmod 0644 "$stage/$name/DOTNET-NOTICES.txt"

archive=$folder/$name.tar.gz
tar --sort=name --mtime="@${SOURCE_DATE_EPOCH:-0}" --owner=0 --group=0 --numeric-owner -C "$stage" -cf - "$name" | gzip -9n >"$archive"
binary=$(wc -c <"$stage/$name/tmem")
rm -rf "$stage" "$folder/publish.log"
echo "$archive"
echo "binary $binary bytes, archive $(wc -c <"$archive") bytes"
