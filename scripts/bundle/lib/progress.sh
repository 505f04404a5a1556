# shellcheck shell=bash
# What a person sees while the bundle is built: plain lines on stderr, so that stdout carries the result alone.

# say TEXT: one line with the seconds since this run began.
say() {
  printf '[%4ds] %s\n' "$SECONDS" "$1" >&2
}

# die MESSAGE [HINT]: stop the build; the hint is one sentence on what to do about it.
die() {
  printf 'bundle: %s\n' "$1" >&2
  if [[ -n ${2:-} ]]; then printf '  fix: %s\n' "$2" >&2; fi
  exit 1
}

# say_still_at TITLE LOG: every 30 s, the step that runs and the last thing it did. It ends by itself when the build does,
# even when the build was killed.
say_still_at() {
  local title=$1 log=$2
  while sleep 30 && kill -0 "$$" 2>/dev/null; do
    say "     still at: $title (last: $(tail -n 1 "$log" 2>/dev/null | cut -c 1-100))"
  done
}
