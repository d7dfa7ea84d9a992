# Results: what every test project wrote, added up. To be sourced.

results_folder=""

# results_begin: from here on each dotnet test writes its results where results_end finds them.
results_begin() {
  results_folder="$(mktemp -d)"
  trap 'rm -rf "$results_folder"' EXIT
  export TmemTestResults="$results_folder"
}

# results_count NAME: the sum of a counter over all results.
results_count() {
  local sum=0 number
  while read -r number; do
    sum=$((sum + number))
  done < <(find "$results_folder" -name '*.trx' -exec grep -ho '<Counters [^>]*' {} + | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p")
  echo "$sum"
}

# results_failing: the names of the tests that failed, one a line.
results_failing() {
  find "$results_folder" -name '*.trx' -exec grep -ho '<UnitTestResult [^>]*outcome="Failed"' {} + |
    sed -n 's/.* testName="\([^"]*\)".*/\1/p' | sed 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' | sort
}

# results_end: prints the closing lines and ends the run. It fails when a step failed, a test failed, or no test ran.
results_end() {
  local passed failed name
  passed="$(results_count passed)"
  failed="$(results_count failed)"
  echo
  for name in "${failed_steps[@]}"; do
    echo "Step failed: $name"
  done

  while read -r name; do
    echo "Test failed: $name"
  done < <(results_failing)
  if ((passed + failed == 0)); then
    echo "No test ran."
  fi

  echo "$passed passed, $failed failed"
  ((failed == 0 && passed > 0 && ${#failed_steps[@]} == 0)) && exit 0
  exit 1
}
