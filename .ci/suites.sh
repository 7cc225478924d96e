# Runs suites one after another and adds up what they counted. Source it; then `run_suite`, `leave_out`, and `total` last.
#
# A suite is a command whose output has a line "N passed, N failed" (", N skipped" may follow); its last such line counts.
# Lines that begin with "DID NOT RUN:" say what the machine could not run; they are repeated at the end.

passed=0
failed=0
skipped=0
notes=()

# run_suite COMMAND…: a suite that fails does not keep the next from running. One that ends badly without having counted
# a failure (it could not start, or was killed) is a failure too.
run_suite() {
  local name="$*" log status=0 line counts suite_failed left_out
  log=$(mktemp)
  printf '\n=== %s\n' "$name"
  "$@" 2>&1 | tee "$log" || status=$?
  line=$(grep -aE '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -n 1) || true
  left_out=$(grep -a '^DID NOT RUN:' "$log") || true
  rm -f "$log"
  read -ra counts <<<"$(tr -cd '0-9 ' <<<"$line")"
  suite_failed=${counts[1]:-0}
  if [ "$suite_failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ "${counts[0]:-0}${left_out:+ of less}" = 0 ]; }; then
    suite_failed=1
    line="${line:-counted nothing} (exit status $status)"
  fi
  passed=$((passed + ${counts[0]:-0}))
  failed=$((failed + suite_failed))
  skipped=$((skipped + ${counts[2]:-0}))
  notes+=("$name: $line")
  if [ -n "$left_out" ]; then notes+=("$left_out"); fi
}

# leave_out COMMAND REASON: says at the end, where nobody misses it, what this machine did not run.
leave_out() {
  notes+=("$1: DID NOT RUN: $2")
}

# has PROGRAM…: whether all of them are on this machine.
has() {
  local program
  for program in "$@"; do command -v "$program" >/dev/null || return 1; done
}

# total: the counts of all suites on the last line. Its status says whether every test passed.
total() {
  printf '\n=== what ran\n'
  printf '%s\n' "${notes[@]}"
  if [ "$skipped" -gt 0 ]; then
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  else
    printf '\n%d passed, %d failed\n' "$passed" "$failed"
  fi
  [ "$failed" -eq 0 ]
}
