# shellcheck shell=bash
# Removes what a run of the tests made, known by descent or by the run's name (KMON_TEST_RUN), never by a guess.

# find_descendants PID: puts its children, their children, and so on into `tree`. It starts no process, which would be in the tree too.
find_descendants() {
  local file line pid state parent index
  local -A children=()
  for file in /proc/[0-9]*/stat; do
    read -r line 2>/dev/null <"$file" || continue
    pid=${line%% *}
    # The name before the last parenthesis may hold anything.
    read -r state parent _ <<<"${line##*) }"
    if [[ $state != [ZX] ]]; then children[$parent]+="$pid "; fi
  done
  read -r -a tree <<<"${children[$1]:-}"
  for ((index = 0; index < ${#tree[@]}; index++)); do
    read -r -a line <<<"${children[${tree[index]}]:-}"
    tree+=("${line[@]}")
  done
}

# end_descendants PID: they may start more while they are ended, hence the turns.
end_descendants() {
  local tree=() turn
  for ((turn = 0; turn < 100; turn++)); do
    find_descendants "$1"
    ((${#tree[@]})) || return 0
    kill -KILL "${tree[@]}" 2>/dev/null || true
    sleep 0.1
  done
  echo "could not be ended: ${tree[*]}"
}

# end_group LEADER: what runs in the foreground of a test run, with some seconds to tidy up by itself.
end_group() {
  local turn
  kill -TERM -- "-$1" 2>/dev/null || return 0
  for ((turn = 0; turn < 50; turn++)); do
    kill -0 -- "-$1" 2>/dev/null || return 0
    sleep 0.1
  done
  end_descendants "$1"
  kill -KILL -- "-$1" 2>/dev/null || true
}

# end_strays: everything that still descends from this script, which adopts what its own children leave behind.
end_strays() {
  local tree=() pid
  find_descendants "$$"
  for pid in "${tree[@]}"; do
    printf 'left behind, ended now: %s\n' "$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | cut -c 1-120)"
  done
  end_descendants "$$"
}

# run_labs ENGINE: names of the labs whose folder lies in this run's. Without its daemon an engine has none.
run_labs() {
  local what ids all
  for what in container network; do
    all=()
    if [[ $what == container ]]; then all=(--all); fi
    ids=$("$1" "$what" ls --quiet "${all[@]}" --filter label=kmon.lab.dir 2>/dev/null) || continue
    # shellcheck disable=SC2086  # several ids
    [[ -z $ids ]] || "$1" "$what" inspect $ids 2>/dev/null
  done | node "$SCRIPTS/lib/labs-in.mjs" "$TMPDIR"
}

end_labs() {
  local engine lab
  for engine in podman docker; do
    command -v "$engine" >/dev/null || continue
    for lab in $(run_labs "$engine"); do
      printf 'left behind, removed now: lab %s\n' "$lab"
      (cd "$TMPDIR" && node "$SCRIPTS/../bin/kmon.js" lab down --name "$lab" --plain) || true
    done
  done
}

end_users() {
  local user comment
  while IFS=: read -r user _ _ _ comment _; do
    [[ $comment == "$KMON_TEST_RUN" ]] || continue
    printf 'left behind, removed now: user %s\n' "$user"
    rm -f "/etc/sudoers.d/$user"
    userdel --remove --force "$user" 2>/dev/null || true
  done </etc/passwd
}

# remove_what_was_made: labs first, because their machines run below this script and are to be ended by their engine.
remove_what_was_made() {
  if ((EUID == 0)); then
    end_labs
    end_strays
    end_users
  else
    end_strays
  fi
}
