#!/usr/bin/env bash
# How fast a disk of tmem serve is, beside nbdkit's memory plugin: the same fio jobs on both, in turns, as Markdown with medians. It needs fio, nbdkit
# and fio's engine nbd; where they are missing it says so and ends with 0.
#
#   bench/nbd.sh                 five turns of five seconds each, a disk of 512 MiB
#   TURNS=3 SECONDS_EACH=2 SIZE_MIB=256 bench/nbd.sh
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
turns=${TURNS:-5}
seconds_each=${SECONDS_EACH:-5}
size_mib=${SIZE_MIB:-512}
folder=$(mktemp -d)
servers=()

skip() {
  echo "Skipped: $1"
  exit 0
}

clean_up() {
  local server
  for server in "${servers[@]}"; do
    kill "$server" 2> /dev/null || true
    wait "$server" 2> /dev/null || true
  done
  rm -rf "$folder"
}

await_socket() {
  local tries
  for tries in $(seq 600); do
    [ ! -S "$1" ] || return 0
    sleep 0.1
  done
  echo "Nobody serves at $1 after a minute." >&2
  exit 1
}

uri_of() {
  echo "nbd+unix:///disk?socket=$folder/$1.sock"
}

# One run of fio: MiB a second, and the 99th percentile in microseconds.
measure() {
  local server=$1 rw=$2 block=$3
  fio --name=job --ioengine=nbd --uri="$(uri_of "$server")" --rw="$rw" --bs="$block" --iodepth=16 --size="${size_mib}M" --time_based \
    --runtime="$seconds_each" --refill_buffers --randrepeat=1 --output-format=json | sed -n '/^{/,$p' > "$folder/fio.json"
  local side=read
  [[ "$rw" != *write ]] || side=write
  jq -r --arg side "$side" '.jobs[0][$side] | "\(.bw_bytes / 1048576) \(.clat_ns.percentile["99.000000"] / 1000)"' "$folder/fio.json"
}

median() {
  sort -n | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'
}

for program in fio nbdkit jq; do
  command -v "$program" > /dev/null || skip "there is no $program."
done
fio --enghelp=nbd > /dev/null 2>&1 || skip "this fio has no engine nbd."

trap clean_up EXIT
dotnet build -c Release -v quiet src/TmemCore.Tool > /dev/null
tool=(dotnet src/TmemCore.Tool/bin/Release/net10.0/tmem.dll)
for codec in none lz4; do
  echo "{ \"compression\": \"$codec\" }" > "$folder/$codec.json"
  "${tool[@]}" serve --config "$folder/$codec.json" --memory "$((size_mib * 5 / 4))MiB" --socket "$folder/$codec.tmem" --nbd-socket "$folder/$codec.sock" \
    --disk "disk=${size_mib}MiB" --quiet > "$folder/$codec.out" 2>&1 &
  servers+=($!)
  await_socket "$folder/$codec.sock"
done
nbdkit -f -U "$folder/nbdkit.sock" memory "${size_mib}M" &
servers+=($!)
await_socket "$folder/nbdkit.sock"

# All of each disk is written before anything is measured.
for server in none lz4 nbdkit; do
  fio --name=fill --ioengine=nbd --uri="$(uri_of "$server")" --rw=write --bs=256k --iodepth=16 --size="${size_mib}M" --refill_buffers > /dev/null
done

echo "| job | tmem, whole pages | tmem, LZ4 | nbdkit memory | tmem / nbdkit | 99 % tmem | 99 % nbdkit |"
echo "|---|---|---|---|---|---|---|"
for job in "randread 4k" "randwrite 4k" "randread 64k" "randwrite 64k"; do
  read -r rw block <<< "$job"
  for turn in $(seq "$turns"); do
    for server in none lz4 nbdkit; do
      measure "$server" "$rw" "$block" >> "$folder/$server-$rw-$block"
    done
  done
  row=()
  for server in none lz4 nbdkit; do
    row+=("$(cut -d' ' -f1 "$folder/$server-$rw-$block" | median)" "$(cut -d' ' -f2 "$folder/$server-$rw-$block" | median)")
  done
  LC_ALL=C printf '| %s, %s | %.0f MiB/s | %.0f MiB/s | %.0f MiB/s | %.2f | %.0f µs | %.0f µs |\n' \
    "$rw" "$block" "${row[0]}" "${row[2]}" "${row[4]}" "$(awk "BEGIN { print ${row[0]} / ${row[4]} }")" "${row[1]}" "${row[5]}"
done
