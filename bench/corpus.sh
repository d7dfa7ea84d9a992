#!/usr/bin/env bash
# Writes the mixed corpus for packing into a new file: a service's heap, texts, programs, databases, pages of zeros and of noise. What this machine
# has of each differs from others; the counts are printed.
set -euo pipefail

[ $# = 1 ] && [ ! -e "$1" ] || { echo "Usage: bench/corpus.sh NEW-FILE" >&2; exit 2; }
out=$(realpath "$1")
cd "$(dirname "$0")/.."
page=4096
part=16384 # pages of each part at most: 64 MiB
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Whole files of 16 KiB and more in the order of their names, each filled up to a page with zeros, until the part is full.
gather() {
  local name=$1 bytes=0
  shift
  { find "$@" -type f -size +15k -printf '%s %p\0' 2> /dev/null || true; } | LC_ALL=C sort -z -k2 > "$work/names"
  while IFS=' ' read -r -d '' size file && [ "$bytes" -lt $((part * page)) ]; do
    cat -- "$file" >> "$work/$name" 2> /dev/null || true
    truncate -s "%$page" "$work/$name"
    bytes=$((bytes + size))
  done < "$work/names"
  [ ! -e "$work/$name" ] || truncate -s "<$((part * page))" "$work/$name"
}

# The generator tells its number when it is done, and ends when its input does.
dotnet build -c Release -v q -m:1 bench/TmemCore.SampleHeap > "$work/build"
dotnet build -c Release -v q -m:1 src/TmemCore.Tool > "$work/build"
mkfifo "$work/input"
dotnet bench/TmemCore.SampleHeap/bin/Release/net10.0/TmemCore.SampleHeap.dll --size 256 --profile typical < "$work/input" > "$work/pid" 2> "$work/parts" &
exec 9> "$work/input"
until [ -s "$work/pid" ]; do sleep 0.2; done
dotnet src/TmemCore.Tool/bin/Release/net10.0/tmem.dll density --pid "$(cat "$work/pid")" --limit $((part * page)) --codec lz4 --dump "$work/heap" > "$work/table"
exec 9>&-
wait

gather text /usr/share /usr/include \( -name '*.txt' -o -name '*.md' -o -name '*.cs' -o -name '*.html' -o -name '*.xml' -o -name '*.h' \)
gather programs /usr/lib /usr/bin \( -name '*.so*' -o -perm -100 \)
gather databases /var/lib /var/cache /usr/share \( -name '*.db' -o -name '*.sqlite*' -o -name '*.mdb' -o -name '*.bin' -o -name '*.dat' \)
gathered=$(($(cat "$work"/{heap,text,programs,databases} 2> /dev/null | wc -c) / page))
head -c $((gathered * 3 / 100 * page)) /dev/zero > "$work/zeros"
head -c $((gathered * 3 / 100 * page)) /dev/urandom > "$work/noise"
for name in heap text programs databases zeros noise; do
  [ ! -e "$work/$name" ] || { echo "$name: $(($(stat -c %s "$work/$name") / page)) pages"; cat "$work/$name" >> "$out"; }
done
