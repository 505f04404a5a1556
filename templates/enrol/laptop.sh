# shellcheck shell=sh
# shellcheck disable=SC2034
# Everything is in functions, and the last line calls: half of it does nothing. It changes nothing before the teacher has agreed.
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin
export PATH

FOLDER=$ROOT/var/lib/kmon
LEDGER=$FOLDER/ledger.jsonl
LEAVE=$FOLDER/leave.sh
SSHD_CONFIG=$ROOT/etc/ssh/sshd_config
WORK=
CHANGED=
MADE_RUN=
AGAIN=
KEEP=

main() {
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  WORK=$(mktemp -d) || die 'no room for temporary files'
  look
  explain
  register
  await
}

finish() {
  code=$?
  trap '' INT TERM HUP
  if [ -n "$CHANGED" ] && [ -z "$IN" ]; then
    if sh "$LEAVE" --quiet; then
      if [ -n "$AGAIN$KEEP" ]; then say "kmon's key is out now, also that of the last time: to come in, paste the line again"; else
        say 'what was put in is taken out again: this laptop is as it was'
      fi
    fi
    rmdir "$FOLDER" 2>/dev/null || :
  fi
  if [ -n "$MADE_RUN" ]; then rmdir "$MADE_RUN" 2>/dev/null || :; fi
  if [ -n "$WORK" ]; then rm -rf "$WORK"; fi
  exit "$code"
}

# Whether this laptop can come in, before anybody is asked anything.
look() {
  [ "$(uname -s)" = Linux ] || die 'this line is for Linux; for other systems ask your teacher'
  [ "$(id -u)" -eq 0 ] || die 'this needs sudo: paste the whole line again'
  for tool in sha256sum od tr sed base64 ip mktemp; do
    command -v $tool >/dev/null || die "the program $tool is missing here"
  done
  command -v curl >/dev/null || command -v wget >/dev/null || die 'curl and wget are missing here: install one of them'
  command -v sshd >/dev/null ||
    die 'there is no SSH server here. Install it (Debian, Ubuntu: sudo apt install openssh-server; Fedora: sudo dnf install openssh-server && sudo systemctl start sshd) and paste the line again'
  runs_sshd || die 'the SSH server does not run. Start it (Debian, Ubuntu: sudo systemctl start ssh; Fedora: sudo systemctl start sshd) and paste the line again'
  reads_folder ||
    die "the SSH server does not read $ROOT/etc/ssh/sshd_config.d. Write this as the first line of $SSHD_CONFIG and paste the line again: Include /etc/ssh/sshd_config.d/*.conf"
  if [ ! -d "$ROOT/run/sshd" ] && mkdir -m 755 "$ROOT/run/sshd" 2>/dev/null; then MADE_RUN=$ROOT/run/sshd; fi
  sshd -t 2>"$WORK/wrong" || die "the settings of the SSH server are wrong: $(head -n 1 "$WORK/wrong")"
  if [ -s "$LEDGER" ]; then
    known_already
    return
  fi
  for path in "$KEYS" "$SETTINGS"; do
    if [ -e "$path" ] || [ -L "$path" ]; then
      die "$path is here already, and nobody knows whose it is: move it away and paste the line again"
    fi
  done
}

reads_folder() {
  [ -d "${SETTINGS%/*}" ] && grep -qiE '^[[:space:]]*include[[:space:]].*/sshd_config\.d/' "$SSHD_CONFIG" 2>/dev/null
}

runs_sshd() {
  if [ -d "$ROOT/run/systemd/system" ] && command -v systemctl >/dev/null; then
    for unit in ssh.service sshd.service ssh.socket sshd.socket; do
      systemctl -q is-active $unit && return 0
    done
    return 1
  fi
  [ -s "$ROOT/run/sshd.pid" ]
}

# A laptop that was enrolled before, and is nothing more, is enrolled anew: what is there stays until the teacher has agreed. So is one that is at work
# in this room and whose key is out: else nobody could give it back; what its ledger has besides stays. All else is somebody's.
known_already() {
  grep -q "\"room\":{\"id\":\"$ROOM_ID\"" "$LEDGER" ||
    die "this laptop is in another room of kmon already: $(sed -n '1s/.*"room":{[^}]*"name":"\([^"]*\)".*"by":"\([^"]*\)".*/\1, of \2/p' "$LEDGER"). To leave that one: sudo sh $LEAVE"
  if grep -qv '"stage":"enrol"' "$LEDGER"; then
    if grep -q '"stage":"enrol"' "$LEDGER" && ! key_works; then
      KEEP=yes
      return
    fi
    die 'this laptop is at work in this room already. To come in anew, let your teacher give it back first (kmon teardown)'
  fi
  AGAIN=yes
}

# kmon's key has a day from which it is good no more. A file without one is not of kmon, and stays.
key_works() {
  [ -s "$KEYS" ] && [ -e "$SETTINGS" ] || return 1
  end=$(sed -n '1s/.*expiry-time="\([0-9]\{8\}\)".*/\1/p' "$KEYS")
  [ -z "$end" ] || [ "$(date +%Y%m%d)" -lt "$end" ]
}

explain() {
  cat <<END

This laptop joins the room "$ROOM" of $BY.
What happens, once the teacher has agreed:
  - the teacher's kmon can log in here as root, with a key of its own, for the lesson
  - two files are written: $KEYS, $SETTINGS
  - what kmon changes later is noted in $LEDGER, and given back at the end
No password leaves this laptop. To end it yourself, at any time: sudo sh $LEAVE

END
}

registration() {
  port=$(sshd_says port)
  address=$(ip -4 route get "$(host_of_page)" | sed -n 's/.* src \([0-9.]*\).*/\1/p')
  printf 'kmon-enrol 1 register\nsession %s\nnonce %s\nname %s\naddress %s\nport %s\n' \
    "$SESSION" "$NONCE" "$NAME" "$address" "$port"
  # shellcheck disable=SC1091
  printf 'system %s\n' "$(. "$ROOT/etc/os-release" 2>/dev/null && printf %s "$PRETTY_NAME" | tr -d '\000-\037\177')"
  for word in authorizedkeysfile permitrootlogin pubkeyauthentication authenticationmethods; do
    printf '%s %s\n' $word "$(sshd_says $word)"
  done
  sshd -T -C "$(root_from)" | sed -n 's/^hostkey //p' | while IFS= read -r key; do
    { cat "$key.pub" 2>/dev/null || ssh-keygen -y -f "$key" 2>/dev/null </dev/null; } | sed -n '1s/^\([^ ]* [^ ]*\).*/hostkey \1/p'
  done
}

root_from() { printf 'user=root,host=%s,addr=%s' "$(host_of_page)" "$(host_of_page)"; }

sshd_says() { sshd -T -C "$(root_from)" | sed -n "s/^$1 //p" | head -n 1; }

end_of_it() { say "to end it yourself, at any time: sudo sh $LEAVE"; }

tell_trouble() {
  sshd -T -C "$(root_from)" | grep -E '^(allow|deny)(users|groups) ' | sed 's/^/kmon: the SSH server here says: /' | sort -u
}

# Puts kmon's key in, and has the SSH server read it. What cannot be finished is taken out by `finish`.
enter() {
  TROUBLE='the files could not be written'
  for part in keys settings ledger; do
    said $part | base64 -d >"$WORK/$part" 2>/dev/null && [ -s "$WORK/$part" ] || return 1
  done
  others=$(sshd -T -C user=nobody,host=localhost,addr=127.0.0.1)
  CHANGED=yes
  TROUBLE='the last enrolment could not be taken back'
  if [ -n "$AGAIN" ]; then sh "$LEAVE" --quiet || return 1; fi
  TROUBLE='the files could not be written'
  # First what lets kmon in, which is given back last.
  if [ -n "$KEEP" ]; then grep -v '"stage":"enrol"' "$LEDGER" >>"$WORK/ledger" || return 1; fi
  mkdir -p "$FOLDER" && leave_script >"$LEAVE" && cp "$WORK/ledger" "$LEDGER.kmon-new" && sync && mv "$LEDGER.kmon-new" "$LEDGER" || return 1
  put "$WORK/keys" "$KEYS" "$KEYS_NEW" 600 && put "$WORK/settings" "$SETTINGS" "$SETTINGS_NEW" 644 || return 1
  sync
  TROUBLE="the SSH server does not take its new settings: $(sshd -t 2>&1 | head -n 1)"
  sshd -t 2>/dev/null || return 1
  TROUBLE='the SSH server does not read the new settings for root'
  case " $(sshd_says authorizedkeysfile) " in *" ${KEYS#"$ROOT"} "*) ;; *) return 1 ;; esac
  TROUBLE='the new settings would change more than they should'
  [ "$(sshd -T -C user=nobody,host=localhost,addr=127.0.0.1)" = "$others" ] || return 1
  TROUBLE='the SSH server could not be told'
  sh "$LEAVE" --reload || return 1
  say "kmon's key is in"
}

put() {
  rm -f "$3" && cp "$1" "$3" && chown 0:0 "$3" && chmod "$4" "$3" && mv "$3" "$2"
}

leave_script() {
  cat <<END
#!/bin/sh
# Takes kmon's key off this laptop: sudo sh $LEAVE
LEDGER='$LEDGER' KEYS='$KEYS' KEYS_NEW='$KEYS_NEW' SETTINGS='$SETTINGS' SETTINGS_NEW='$SETTINGS_NEW' RUN='$ROOT/run'
END
  cat <<'END'
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin

reload() {
  if [ -d "$RUN/systemd/system" ] && command -v systemctl >/dev/null; then
    for unit in ssh.service sshd.service; do
      if systemctl -q is-active $unit; then
        sshd -t && systemctl reload $unit
        return
      fi
    done
  elif [ -s "$RUN/sshd.pid" ]; then
    sshd -t && kill -HUP "$(cat "$RUN/sshd.pid")"
  fi
}

if [ "$(id -u)" -ne 0 ]; then
  echo 'kmon: this needs sudo' >&2
  exit 1
fi
if [ "${1:-}" = --reload ]; then
  reload
  exit
fi
rm -f "$KEYS" "$KEYS_NEW" "$SETTINGS" "$SETTINGS_NEW" || exit 1
reload || echo 'kmon: the SSH server could not be told; it forgets the key when it starts again' >&2
if [ -s "$LEDGER" ] && grep -qv '"stage":"enrol"' "$LEDGER"; then
  echo "kmon: kmon's key is out, the teacher cannot come in any more. What kmon has changed besides stays noted in $LEDGER:"
  echo 'kmon: to give that back, paste the line of the page again, so that your teacher can; or, where kmon is here: sudo kmon teardown --local'
  exit 0
fi
rm -f "$LEDGER" "$LEDGER.kmon-new" "$0"
rmdir "${LEDGER%/*}" 2>/dev/null
[ "${1:-}" = --quiet ] || echo "kmon: kmon's key is out, and this laptop is as it was"
END
}

main "$@"
