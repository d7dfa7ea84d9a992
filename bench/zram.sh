#!/usr/bin/env bash
# What the kernel's zram makes of the pages of some files: with lz4, lzo-rle and zstd as far as the kernel has them, as Markdown. It makes a device
# of its own and removes it again; devices that exist are never touched. Where that cannot be done it says why and ends with 0.
set -euo pipefail

control=${ZRAM_CONTROL:-/sys/class/zram-control}
page=4096
device=""
corpus=""

skip() {
  echo "Skipped: $1"
  exit 0
}

clean_up() {
  if [ -n "$device" ]; then
    echo 1 > "/sys/block/zram$device/reset"
    echo "$device" > "$control/hot_remove"
  fi
  [ -z "$corpus" ] || rm -f "$corpus"
}

# Seconds of processor time, user and system, of a command.
cpu_seconds() {
  local TIMEFORMAT='%U %S'
  { time "$@" > /dev/null 2>&1; } 2>&1 | awk '{ print $1 + $2 }'
}

# One row: reads mm_stat once filled and once more after compaction.
measure() {
  local algorithm=$1 block=/sys/block/zram$device write read_back original compressed memory same compacted
  echo 1 > "$block/reset"
  echo "$algorithm" > "$block/comp_algorithm"
  stat -c %s "$corpus" > "$block/disksize"
  write=$(cpu_seconds dd if="$corpus" of="/dev/zram$device" bs=1M oflag=direct)
  cmp -s "$corpus" "/dev/zram$device" || { echo "zram gave other pages back than it got, with $algorithm." >&2; exit 1; }
  read_back=$(cpu_seconds dd if="/dev/zram$device" of=/dev/null bs=1M iflag=direct)
  read -r original compressed memory _ _ same _ < "$block/mm_stat"
  echo 1 > "$block/compact"
  read -r _ _ compacted _ < "$block/mm_stat"
  awk -v name="$algorithm" -v pages="$pages" -v page="$page" -v compressed="$compressed" -v memory="$memory" -v compacted="$compacted" \
    -v same="$same" -v write="$write" -v back="$read_back" -v base="$base" 'BEGIN {
      printf "| %s | %d | %.2f | %.0f | %.0f | %.0f | %d | %.2f | %.2f |\n", name, 2 ^ 30 / (compacted / pages), page * pages / compacted,
        compressed / pages, memory / pages, compacted / pages, same, (write - base) * 1e6 / pages, back * 1e6 / pages }'
}

[ $# -gt 0 ] || { echo "Usage: bench/zram.sh FILE…  (pages of tmem density --dump, or any files)" >&2; exit 2; }
for file in "$@"; do
  [ -f "$file" ] || { echo "There is no file \"$file\"." >&2; exit 2; }
done

[ "$(uname)" = Linux ] || skip "zram is a part of Linux."
[ -d "$control" ] || skip "the kernel has no zram; where it is a module, modprobe zram loads it."
[ "$(id -u)" = 0 ] || skip "making a zram device takes root."
made=$(cat "$control/hot_add" 2> /dev/null) || skip "the kernel refuses another zram device."
device=$made
trap clean_up EXIT
[ -w "/sys/block/zram$device/disksize" ] || skip "/sys may not be written."
[ -b "/dev/zram$device" ] || skip "there is no node /dev/zram$device."

# All pages in one file, the last one of each filled up with zeros.
corpus=$(mktemp)
for file in "$@"; do
  cat -- "$file" >> "$corpus"
  truncate -s "%$page" "$corpus"
done
pages=$(($(stat -c %s "$corpus") / page))
[ "$pages" -gt 0 ] || { echo "There is no page in these files." >&2; exit 2; }

base=$(cpu_seconds dd if="$corpus" of=/dev/null bs=1M)
echo "$pages pages. Processor time of a write is without that of reading the file."
echo
echo "| zram | pages a GiB | ratio | compressed data | bytes a page | compacted | pages of one word | write, µs | read, µs |"
echo "|---|---|---|---|---|---|---|---|---|"
for algorithm in lz4 lzo-rle zstd; do
  if tr -d '[]' < "/sys/block/zram$device/comp_algorithm" | grep -qw -- "$algorithm"; then
    measure "$algorithm"
  else
    echo "| $algorithm | this kernel has it not | | | | | | | |"
  fi
done
