# shellcheck shell=bash
# Steps that are done once. A step NAME lives in steps/NAME.sh as two functions: inputs_NAME prints whatever its result
# depends on besides its own text, make_NAME DIR fills a folder. The finished folder is the stamp: it is filled under
# another name and renamed when complete, so an interrupted step leaves nothing that looks done.

running=0
ticker=0
step_number=0

# step_key NAME: a step's key changes with its text, its inputs and the architecture, and with nothing else.
step_key() {
  {
    printf '%s\n' "$ARCHITECTURE"
    cat "$BUNDLE_SCRIPTS/steps/$1.sh"
    "inputs_$1"
  } | sha256sum | cut -c 1-16
}

# output_of NAME: the folder with a step's result, whether made yet or not.
output_of() {
  printf '%s/%s-%s\n' "$WORK" "$1" "$(step_key "$1")"
}

# is_done NAME
is_done() {
  [[ -d $(output_of "$1") ]]
}

# step NAME TITLE [CONSUMER...]: make a step's result unless it is there. With consumers named, the step is skipped when
# all of them are done: nobody needs the Kubernetes source once everything is compiled.
step() {
  local name=$1 title=$2 consumer output wanted=1
  shift 2
  step_number=$((step_number + 1))
  title="$step_number/$STEP_COUNT $title"
  output=$(output_of "$name")
  if (($#)); then
    wanted=0
    for consumer; do is_done "$consumer" || wanted=1; done
  fi
  if [[ -d $output ]]; then
    touch "$output"
    say "$title: done before"
  elif ((!wanted)); then
    say "$title: not needed"
  else
    say "$title"
    rm -rf "$output.part"
    mkdir -p "$output.part"
    run_apart "$title" "$WORK/logs/$name.log" "make_$name" "$output.part"
    mv "$output.part" "$output"
  fi
}

# run_apart TITLE LOG FUNCTION [ARG...]: run a function in a process group of its own, so that an interruption reaches
# everything it started (compilers outlive a killed shell otherwise), with its output in a log.
run_apart() {
  local title=$1 log=$2 status=0
  shift 2
  set -m
  (
    set -euo pipefail
    "$@"
  ) </dev/null >"$log" 2>&1 &
  running=$!
  # Neither the lock nor stdout goes to the ticker: whoever waits for the end of either must not wait for its sleep.
  say_still_at "$title" "$log" </dev/null >/dev/null 9>&- &
  ticker=$!
  set +m
  wait "$running" || status=$?
  running=0
  stop_running
  if ((status)); then
    tail -n 15 "$log" | sed 's/^/  | /' >&2
    die "step ${title%% *} failed (exit $status)" "read $log, then run the build again: finished steps are kept"
  fi
}

# stop_running: end what this build started, and wait until it is gone.
stop_running() {
  local group
  for group in "$running" "$ticker"; do
    if ((group)); then
      kill -TERM -- "-$group" 2>/dev/null || true
      wait "$group" 2>/dev/null || true
    fi
  done
  running=0
  ticker=0
}

# seal DIR: record the checksums of a step's files, so that a damaged cache is found before it goes into a bundle.
seal() {
  # shellcheck disable=SC2094  # the list leaves itself out
  (cd "$1" && find . -type f ! -name SHA256SUMS -printf '%P\0' | sort -z | xargs -0 sha256sum >SHA256SUMS)
}

# forget_old DIR PATTERN: remove results nobody has asked for in two weeks (steps and bundles are touched when used).
forget_old() {
  if [[ -d $1 ]]; then find "$1" -mindepth 1 -maxdepth 1 -name "$2" -mtime +14 -exec rm -rf {} +; fi
}
