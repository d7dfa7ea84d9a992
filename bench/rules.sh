#!/usr/bin/env bash
# What the rules cost a build of src/TmemCore: compiles it so many times from scratch, each time in a compiler of its own, and prints
# the medians as Markdown. The compiler itself takes the times, as its option reportanalyzer asks.
set -euo pipefail

rounds=${1:-5}
cd "$(dirname "$0")/.."
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

dotnet build src/TmemCore -c Release -v q -m:1 > "$logs/first" || { cat "$logs/first"; exit 1; }
for ((round = 1; round <= rounds; round++)); do
  dotnet build src/TmemCore -c Release --no-restore --no-dependencies --no-incremental -m:1 -v:d -tl:off \
    -p:ReportAnalyzer=true -p:UseSharedCompilation=false -clp:PerformanceSummary > "$logs/$round.log" || { tail -20 "$logs/$round.log"; exit 1; }
done

# From each log a line "name seconds" for the compiler, all analyzers, the rules together and each of them.
for log in "$logs"/*.log; do
  awk '
    /^ *[0-9]+ ms +Csc / { print "csc", $1 / 1000 }
    /Total analyzer execution time:/ { print "all", $5 }
    / TmemCore\.Analyzers, Version=/ { print "rules", seconds($1) }
    / TmemCore\.Analyzers\.[A-Za-z]+\.[A-Za-z]+/ && /\(TMEM/ {
      match($0, /TmemCore\.Analyzers\.[A-Za-z.]+/)
      name = substr($0, RSTART, RLENGTH)
      sub(/.*\./, "", name)
      print name, seconds($1)
    }
    function seconds(text) { return text ~ /^</ ? 0.0005 : text }' "$log"
done > "$logs/times"

sort "$logs/times" -k1,1 -k2,2g | awk -v rounds="$rounds" '
  { if ($1 != name) { close_row(); name = $1; count = 0 } values[++count] = $2 }
  function close_row() { if (name != "") { median[name] = values[int((count + 1) / 2)]; low[name] = values[1]; high[name] = values[count] } }
  function row(title, key) {
    printf "| %s | %.3f | %.3f–%.3f | %.1f %% |\n", title, median[key], low[key], high[key], 100 * median[key] / median["csc"]
  }
  END {
    close_row()
    print "| | s | from–to | of the compiler |\n|---|---|---|---|"
    row("the compiler, by the clock", "csc")
    row("all analyzers, added up over threads", "all")
    row("the rules, added up over threads", "rules")
    while (1) {
      best = ""
      for (key in median) if (key !~ /^(csc|all|rules)$/ && (best == "" || median[key] > median[best])) best = key
      if (best == "") break
      row("`" best "`", best)
      delete median[best]
    }
  }'
