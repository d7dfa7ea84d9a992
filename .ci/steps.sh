# Steps: commands with a name, a time, and an outcome that is remembered. To be sourced.

export CI=true
export HOME="${HOME:-/root}"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# Nothing outlives the run: no build nodes kept for the next one.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

failed_steps=()

# step NAME COMMAND…: runs it and says how long it took; a failure is remembered, and the next step runs all the same.
step() {
  local name="$1" begin=$SECONDS outcome="done"
  shift
  echo "== $name"
  if ! "$@"; then
    outcome="FAILED"
    failed_steps+=("$name")
  fi

  echo "== $name: $outcome after $((SECONDS - begin)) s"
}

# required_step NAME COMMAND…: as step, and the run ends when it fails, since nothing behind it would make sense.
required_step() {
  local failures=${#failed_steps[@]}
  step "$@"
  if ((${#failed_steps[@]} > failures)); then
    results_end
  fi
}

# readme_command WORDS: the one command in the README that begins with these words.
readme_command() {
  local found
  found="$(grep -E "^$1( |\$)" README.md || true)"
  if [[ -z "$found" || "$found" == *$'\n'* ]]; then
    echo "README.md must have one line that begins with: $1" >&2
    return 1
  fi

  echo "$found"
}

# run_readme_command WORDS: runs it just as it is written.
run_readme_command() {
  local command
  command="$(readme_command "$1")" || return 1
  echo "\$ $command"
  bash -c "$command"
}

# install_packages NAME…: has Debian's packages installed, as root or as one who may become root.
install_packages() {
  local as_root=()
  if (($(id -u) != 0)); then
    as_root=(sudo -n)
  fi

  "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}
