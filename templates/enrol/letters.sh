# shellcheck shell=sh
# What a laptop and kmon say to each other, before the script that says it: by what every shell of POSIX, and the programs of Linux and of macOS, can do.
# shellcheck disable=SC2034
set -u
umask 077
LC_ALL=C
export LC_ALL
unset LANGUAGE
KEY=
IN=
STATE=
TEXT=
TROUBLE=

say() { printf 'kmon: %s\n' "$*"; }

die() {
  printf 'kmon: %s\n' "$*" >&2
  exit 1
}

# The script itself may come by a pipe.
open_terminal() {
  (: <>/dev/tty) 2>/dev/null || die 'there is no terminal to ask on'
  exec 3<>/dev/tty
}

ask() {
  printf '%s ' "$1" >&3
  IFS= read -r REPLY <&3 || die 'nobody answers'
}

# Asks for the word and a name until they are taken. What this laptop says of itself is `registration`.
register() {
  open_terminal
  host=$(uname -n)
  host=${host%%.*}
  NAME=
  tries=0
  while :; do
    if [ -z "$KEY" ]; then
      ask 'Your word (dashes do not matter):'
      # What is easily taken for another sign is that other one.
      word=$(printf %s "$REPLY" | tr '[:upper:]' '[:lower:]' | tr 'oil' '011' | tr -cd '0-9a-hjkmnp-tv-z')
      [ ${#word} -eq 12 ] || { say 'a word has twelve letters and digits'; continue; }
      KEY=$(printf 'kmon-enrol %s' "$word" | sum256)
      word=
    fi
    if [ -z "$NAME" ]; then
      ask "Name of this laptop in the room [$host]:"
      NAME=$(printf %s "${REPLY:-$host}" | tr -d '\000-\037\177')
      # Not cut: half a letter would be sealed as something else than what arrives.
      [ ${#NAME} -le 80 ] || { say 'that name is too long'; NAME=; continue; }
    fi
    NONCE=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    COUNT=0
    registration >"$WORK/body"
    send register
    case $STATE in
      silent) die "$PAGE does not answer: is this laptop in the same network as the teacher, and the enrolment still open?" ;;
      unproven)
        say "$TEXT"
        KEY=
        tries=$((tries + 1))
        [ $tries -lt 3 ] || die 'that were three attempts: ask your teacher for a word'
        ;;
      rename)
        say "$TEXT"
        NAME=
        ;;
      declined)
        say "$TEXT"
        exit 1
        ;;
      *) return ;;
    esac
  done
}

host_of_page() {
  host_part=${PAGE#http://}
  printf %s "${host_part%:*}"
}

# Sends "$WORK/body" with its seal. Sets STATE and TEXT; STATE is not believed unless it is sealed too, with the same word.
send() {
  printf 'seal %s\n' "$(hmac <"$WORK/body")" >>"$WORK/body"
  STATE=
  TEXT=
  fetch "$1" >"$WORK/answer" || { STATE=silent; return; }
  sed '$d' "$WORK/answer" >"$WORK/said"
  proven=
  if [ "$(tail -n 1 "$WORK/answer")" = "seal $(hmac <"$WORK/said")" ]; then proven=yes; else cp "$WORK/answer" "$WORK/said"; fi
  [ "$(head -n 1 "$WORK/said")" = 'kmon-enrol 1 answer' ] || die 'what answers there is no kmon'
  STATE=$(said state)
  TEXT=$(said text | tr -d '\000-\037\177')
  if [ -z "$proven" ]; then
    # Anybody could have written it, for this terminal too.
    TEXT=$(printf %s "$TEXT" | tr -cd '\040-\176')
    [ "$STATE" = unproven ] || die 'the answer does not know your word: somebody may be between you and the teacher. Nothing was changed'
  elif [ "$(said nonce)" != "$NONCE" ] || [ "$(said count)" != "$COUNT" ]; then
    die 'the answer is none to this question: somebody may be between you and the teacher'
  fi
}

said() { sed -n "s/^$1 //p" "$WORK/said" | head -n 1; }

fetch() {
  if command -v curl >/dev/null; then
    curl -fsS --noproxy '*' --max-time 15 --data-binary "@$WORK/body" "$PAGE/$1" 2>/dev/null
  else
    wget -q --no-proxy -T 15 -t 1 -O - --post-file="$WORK/body" "$PAGE/$1" 2>/dev/null
  fi
}

# SHA-256 of stdin. macOS has another program for it than Linux.
sum256() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -c1-64
}

# HMAC-SHA256 (RFC 2104) of stdin. KEY is 64 hexadecimal signs, one block of SHA-256: to combine it with the pads is to put other signs for its signs.
hmac() {
  {
    printf %s "$KEY" | tr '0-9a-f' 'lmnohijkde=>?89:'
    { printf %s "$KEY" | tr '0-9a-f' '\006\007\004\005\002\003\000\001\016\017WTURSP'; cat; } | sum256 | bytes
  } | sum256
}

# The bytes that hexadecimal signs stand for.
bytes() {
  IFS= read -r hex
  octal=
  while [ -n "$hex" ]; do
    rest=${hex#??}
    octal=$octal\\$(printf %03o "0x${hex%"$rest"}")
    hex=$rest
  done
  # shellcheck disable=SC2059
  printf "$octal"
}

# Says how far this laptop is, and hears how it stands; "$WORK/more" is said too.
question() {
  COUNT=$((COUNT + 1))
  printf 'kmon-enrol 1 ask\nsession %s\nnonce %s\ncount %s\nstep %s\n' "$SESSION" "$NONCE" "$COUNT" "$1" >"$WORK/body"
  if [ -n "${2:-}" ]; then printf 'text %s\n' "$2" | tr -d '\000-\011\013-\037\177' >>"$WORK/body"; fi
  if [ -s "$WORK/more" ]; then cat "$WORK/more" >>"$WORK/body"; fi
  send ask
}

# Asks until the teacher's kmon has taken this laptop in. What is to be done here for that is `enter`.
await() {
  step=waiting
  shown=
  silent=0
  while :; do
    if [ "$STATE" = silent ]; then
      silent=$((silent + 1))
      [ $silent -lt 10 ] || die 'kmon does not answer any more'
    else
      silent=0
      if [ "$TEXT" != "$shown" ]; then say "$TEXT"; fi
      shown=$TEXT
    fi
    case $STATE in
      in)
        IN=yes
        end_of_it
        return
        ;;
      welcome)
        if [ "$step" = waiting ]; then
          if enter; then step=ready; else
            question failed "$TROUBLE"
            die "$TROUBLE"
          fi
        fi
        ;;
      refused | declined) exit 1 ;;
      trouble)
        tell_trouble
        exit 1
        ;;
      unproven) exit 1 ;;
    esac
    if [ "$STATE" != welcome ]; then sleep "$PAUSE"; fi
    question $step
  done
}
