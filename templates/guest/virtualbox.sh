# shellcheck shell=sh
# Has a guest of kmon on a laptop with macOS or Linux, in VirtualBox. Runs as the laptop's owner, behind enrol/letters.sh. Everything is in functions, and
# the last line calls. Each change is noted in the journal before it is made, and leave.sh takes back what the journal has.
# shellcheck disable=SC2034
PATH=$PATH:/usr/sbin:/sbin:/usr/local/bin:/opt/homebrew/bin
export PATH

FOLDER=$HOME/kmon-guest
JOURNAL=$FOLDER/journal
LEAVE=$FOLDER/leave.sh
WORK=
CHANGED=
AGAIN=
CHILD=
AWAKE=
VBOX=

main() {
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  [ "$(id -u)" -ne 0 ] || [ -n "$AS_ROOT" ] || die 'paste the line without sudo: the virtual machine is to be yours'
  WORK=$(mktemp -d) || die 'no room for temporary files'
  explain
  open_terminal
  ask 'Go on? [y/N]'
  case $REPLY in [yYoOjJ]*) ;; *) say 'nothing was changed'; exit 1 ;; esac
  say 'looks at this laptop'
  look
  if [ -n "$TROUBLE" ]; then say "$TROUBLE"; say 'nothing was changed. With your word your teacher reads that too'; fi
  register
  if [ -n "$TROUBLE" ]; then
    question failed "$TROUBLE"
    exit 1
  fi
  await
}

finish() {
  code=$?
  trap '' INT TERM HUP
  for pid in $CHILD $AWAKE; do kill "$pid" 2>/dev/null || :; done
  if [ -n "$CHANGED" ] && [ -z "$IN" ]; then
    if [ -s "$LEAVE" ]; then sh "$LEAVE" --quiet && say 'what was made is taken away again: this laptop is as it was'; else rmdir "$FOLDER" 2>/dev/null || :; fi
  fi
  if [ -n "$WORK" ]; then rm -rf "$WORK"; fi
  exit "$code"
}

explain() {
  cat <<END

This laptop gives the room "$ROOM" of $BY a guest: a small Linux in a virtual machine.
What happens, once the teacher has agreed:
  - VirtualBox is installed, if it is not here
  - the guest's disk comes over the network of the room, and is kept in $FOLDER
  - a virtual machine "$VM" is made and started; ports $PORTS of this laptop lead to it, and to nothing else here
  - the teacher's kmon can log in to the guest, not to this laptop
No password leaves this laptop. To end it yourself, at any time: sh $LEAVE
It takes away all of this, VirtualBox too if it was installed for it.

END
  if [ -s "$JOURNAL" ]; then
    AGAIN=yes
    say "there is a guest of kmon here already: it goes, with all that is in it, and a new one is made"
  fi
}

trouble() { [ -n "$TROUBLE" ] || TROUBLE=$1; }

is_mac() { [ "$SYSTEM" = macos ]; }

# What would keep this laptop from having a guest, before anything is changed: the first of it is TROUBLE.
look() {
  case $(uname -s) in
    Darwin) SYSTEM=macos ;;
    Linux) SYSTEM=linux ;;
    *) die 'this line is for macOS and Linux' ;;
  esac
  for tool in curl od tr sed mktemp ssh-keyscan df awk; do
    command -v $tool >/dev/null || die "the program $tool is missing here: install it and paste the line again"
  done
  ADDRESS=$(curl -sS --noproxy '*' --max-time 15 -o "$WORK/page" -w '%{local_ip}' "$PAGE/" 2>/dev/null) ||
    die "$PAGE does not answer: is this laptop in the same network as the teacher, and the enrolment still open?"
  if is_mac; then
    TOLD="macOS $(sw_vers -productVersion)"
    memory=$(($(sysctl -n hw.memsize) / 1048576))
    CPUS=$(sysctl -n hw.ncpu)
    # uname tells Intel to a terminal that Rosetta runs.
    if [ "$(sysctl -n hw.optional.arm64 2>/dev/null)" = 1 ]; then ARCHITECTURE=arm64; else ARCHITECTURE=amd64; fi
    # Apple's own word for it; absent on a Mac that cannot.
    [ "$(sysctl -n kern.hv_support 2>/dev/null)" = 1 ] || trouble 'this Mac cannot run virtual machines: look at a laptop of your neighbour with them'
    settings=$HOME/Library/VirtualBox
  else
    # shellcheck disable=SC1091
    TOLD=$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\).*/\1/p' /etc/os-release 2>/dev/null | tr -d '\000-\037\177')
    memory=$(awk '/^MemTotal:/ { print int($2 / 1024) }' "$PROC/meminfo")
    CPUS=$(getconf _NPROCESSORS_ONLN)
    case $(uname -m) in x86_64) ARCHITECTURE=amd64 ;; aarch64 | arm64) ARCHITECTURE=arm64 ;; *) ARCHITECTURE=$(uname -m) ;; esac
    if [ "$ARCHITECTURE" = amd64 ] && ! grep -qE '^flags.* (vmx|svm)( |$)' "$PROC/cpuinfo"; then
      trouble 'virtualization is off in the firmware of this laptop: switch it on (Intel VT-x, AMD-V or SVM in the settings at its start) and paste the line again'
    fi
    settings=$HOME/.config/VirtualBox
  fi
  case " $IMAGES " in
    *" $ARCHITECTURE "*) ;;
    *) trouble "the processor of this laptop is $ARCHITECTURE, and your teacher has a guest for $IMAGES only: kmon guest image --arch $ARCHITECTURE makes one" ;;
  esac
  [ "$memory" -ge "$LEAST_MEMORY" ] || trouble "this laptop has $memory MB of memory, and a guest needs one of $LEAST_MEMORY MB: look at a laptop of your neighbour with them"
  MEMORY=2048
  [ "$memory" -lt 7500 ] || MEMORY=3072
  [ "$memory" -lt 11500 ] || MEMORY=4096
  [ "$CPUS" -le 3 ] || CPUS=$((CPUS / 2))
  [ "$CPUS" -le 4 ] || CPUS=4
  free=$(df -Pk "$HOME" | awk 'NR == 2 { print int($4 / 1024) }')
  [ "$free" -ge "$LEAST_DISK" ] || trouble "$free MB of disk are free, and a guest needs $LEAST_DISK: make room and paste the line again"
  find_vbox
  if [ -z "$AGAIN" ]; then
    if [ -e "$FOLDER" ]; then trouble "$FOLDER is here already, and nobody knows whose it is: move it away and paste the line again"; fi
    for port in $PORTS; do
      if listens "${port%/*}" "${port#*/}"; then trouble "port ${port%/*} ($(printf %s "${port#*/}" | tr '[:lower:]' '[:upper:]')) of this laptop is taken by another program: end that one and paste the line again"; fi
    done
    # Without its settings it has no machine, and to ask it would make them.
    if [ -n "$VBOX" ] && [ -d "$settings" ] && has_vm; then
      trouble "a virtual machine of the name $VM is here already, and is not kmon's: give it another name and paste the line again"
    fi
  fi
  if [ -n "$VBOX" ]; then look_at_vbox; else look_at_installer; fi
}

look_at_vbox() {
  version=$("$VBOX" --version 2>/dev/null | sed -n '$s/^\([0-9][0-9]*\)\.\([0-9][0-9]*\).*/\1 \2/p')
  # shellcheck disable=SC2086
  set -- $version
  [ $# -eq 2 ] || { trouble "VirtualBox is here and does not run: install it anew and paste the line again"; return; }
  least=7.0
  [ "$ARCHITECTURE" = amd64 ] || least=7.1
  [ "$1" -gt 7 ] || { [ "$1" -eq 7 ] && [ "$2" -ge "${least#*.}" ]; } ||
    trouble "VirtualBox $1.$2 is too old, it has to be $least or later: update it and paste the line again"
}

look_at_installer() {
  if is_mac; then
    command -v brew >/dev/null ||
      trouble 'VirtualBox is not here, and Homebrew, which could install it, neither: install VirtualBox from virtualbox.org and paste the line again'
    id -Gn | tr ' ' '\n' | grep -qx admin ||
      trouble 'VirtualBox is not here, and only an administrator of this Mac may install it: ask one to, and paste the line again'
  else
    trouble 'VirtualBox is not here: install it by your system (Ubuntu: sudo apt install virtualbox) or from virtualbox.org, and paste the line again'
  fi
}

find_vbox() {
  VBOX=
  for place in VBoxManage /usr/local/bin/VBoxManage /Applications/VirtualBox.app/Contents/MacOS/VBoxManage; do
    if command -v "$place" >/dev/null; then
      VBOX=$(command -v "$place")
      return
    fi
  done
}

has_vm() { "$VBOX" list vms 2>/dev/null | grep -q "^\"$VM\" "; }

listens() {
  if is_mac; then
    if [ "$2" = tcp ]; then netstat -an -p tcp 2>/dev/null | grep LISTEN; else netstat -an -p udp 2>/dev/null; fi | grep -qE "^$2[46]+ .*[.]$1 "
  else
    ss -Hln "--$2" "sport = :$1" 2>/dev/null | grep -q .
  fi
}

registration() {
  printf 'kmon-enrol 1 register\nsession %s\nnonce %s\nname %s\naddress %s\nport %s\nsystem %s\nnode guest\narchitecture %s\n' \
    "$SESSION" "$NONCE" "$NAME" "$ADDRESS" "$SSH_PORT" "$TOLD" "$(case $ARCHITECTURE in arm64) echo arm64 ;; *) echo amd64 ;; esac)"
}

# A line for the journal, on the disk before what it is about.
note() { printf '%s\n' "$1" >>"$JOURNAL" && sync; }

# Tells both sides how far it is. Fails when nobody waits for the guest any more.
progress() {
  [ "$1" = "${told:-}" ] || say "$1"
  told=$1
  question making "$1"
  case $STATE in
    welcome) unheard=0 ;;
    silent)
      unheard=$((${unheard:-0} + 1))
      [ $unheard -lt 10 ] || { TROUBLE='kmon does not answer any more'; return 1; }
      ;;
    *)
      TROUBLE=$TEXT
      return 1
      ;;
  esac
}

# Runs what may take long, and says meanwhile that this laptop is there. `far`, where it is a function, says how far it is.
busy() {
  doing=$1
  shift
  "$@" >"$WORK/out" 2>&1 </dev/null &
  CHILD=$!
  while kill -0 "$CHILD" 2>/dev/null; do
    progress "$doing$(far)" || { kill "$CHILD" 2>/dev/null; wait "$CHILD" 2>/dev/null; CHILD=; return 1; }
    kill -0 "$CHILD" 2>/dev/null && sleep "$PAUSE"
  done
  TROUBLE="$doing: "
  wait "$CHILD"
  code=$?
  CHILD=
  [ $code -eq 0 ] || { TROUBLE="$doing: $(reason)"; return 1; }
}

far() { :; }

# What a program that failed has said, in one line.
reason() {
  why=$(sed -n 's/^VBoxManage: error: //p;s/^Error: //p;s/^curl: //p' "$WORK/out" | head -n 1)
  [ -n "$why" ] || why=$(grep . "$WORK/out" | tail -n 1)
  printf %s "${why:-it failed, and did not say why}" | tr -d '\000-\037\177' | cut -c1-200
}

vbox() {
  TROUBLE="VirtualBox does not $1"
  shift
  "$VBOX" "$@" >"$WORK/out" 2>&1 </dev/null || { TROUBLE="$TROUBLE: $(reason)"; return 1; }
}

# Makes the guest. What cannot be finished is taken away by `finish`.
enter() {
  TROUBLE='what kmon says of the guest is not complete'
  # shellcheck disable=SC2046
  set -- $(said disk) $(said seed)
  [ $# -eq 6 ] || return 1
  keep_awake
  CHANGED=yes
  TROUBLE='the guest of before could not be taken away'
  if [ -n "$AGAIN" ]; then sh "$LEAVE" --quiet --again || return 1; fi
  TROUBLE="$FOLDER could not be made"
  [ -n "$AGAIN" ] || mkdir "$FOLDER" || return 1
  leave_script >"$LEAVE" && note "folder $FOLDER" || return 1
  has_settings=yes
  [ -d "$settings" ] || has_settings=
  [ -n "$VBOX" ] || install_virtualbox || return 1
  TROUBLE="the journal $JOURNAL could not be written"
  [ -n "$has_settings" ] || note "settings $settings" || return 1
  bring "$1" "$2" "$3" 'downloads the guest' || return 1
  bring "$4" "$5" "$6" 'downloads its seed' || return 1
  make_machine "$FOLDER/$1" "$FOLDER/$4" || return 1
  busy 'starts the guest' "$VBOX" startvm "$VM" --type headless || return 1
  await_ssh
}

install_virtualbox() {
  note 'virtualbox brew' || return 1
  busy 'installs VirtualBox (it may ask for your password)' brew install --cask virtualbox || return 1
  find_vbox
  TROUBLE='VirtualBox was installed, and is not found'
  [ -n "$VBOX" ]
}

# Fetches a file, and once more what was missing. $1 name, $2 bytes, $3 its sum, $4 what is said.
bring() {
  FETCHED=$FOLDER/$1
  WHOLE=$2
  far() { printf ': %s %%' $(($(has_bytes) * 100 / WHOLE / 10 * 10)); }
  for attempt in 1 2; do
    seal=$(printf 'kmon-enrol 1 fetch\nsession %s\nnonce %s\npath /guest/%s\n' "$SESSION" "$NONCE" "$1" | hmac)
    # A file that is whole and wrong is of no use.
    if [ "$(has_bytes)" -ge "$2" ]; then rm -f "$FETCHED"; fi
    busy "$4" curl -fsS --noproxy '*' --connect-timeout 15 -C - -o "$FETCHED" "$PAGE/guest/$1?seal=$seal"
    code=$?
    case $STATE in welcome | silent) ;; *) break ;; esac
    if [ -s "$FETCHED" ] && [ "$(sum256 <"$FETCHED")" = "$3" ]; then
      far() { :; }
      return
    fi
    [ $code -ne 0 ] || TROUBLE="$4: what came is not what kmon has"
    [ "$attempt" -eq 2 ] || say "$TROUBLE; it goes on"
  done
  far() { :; }
  return 1
}

has_bytes() { if [ -e "$FETCHED" ]; then wc -c <"$FETCHED" | tr -d ' '; else echo 0; fi; }

make_machine() {
  TROUBLE="the journal $JOURNAL could not be written"
  note "medium $1" && note "medium $2" && note "medium $FOLDER/$VM.vdi" && note "vm $VM" || return 1
  progress 'makes the virtual machine' || return 1
  arm=
  bus=sata
  ostype=Debian_64
  if [ "$ARCHITECTURE" = arm64 ]; then arm='--platform-architecture arm' bus=virtio ostype=Debian_arm64; fi
  # shellcheck disable=SC2086
  vbox 'make the virtual machine' createvm --name "$VM" --ostype "$ostype" --basefolder "$FOLDER/machines" --register $arm || return 1
  vbox 'take the settings of the virtual machine' modifyvm "$VM" --firmware efi --memory "$MEMORY" --cpus "$CPUS" --rtcuseutc on --nic1 nat || return 1
  for rule in $FORWARDS; do vbox "forward a port ($rule)" modifyvm "$VM" --natpf1 "$rule" || return 1; done
  busy 'unpacks the disk' "$VBOX" clonemedium disk "$1" "$FOLDER/$VM.vdi" --format VDI || return 1
  "$VBOX" closemedium disk "$1" >/dev/null 2>&1 </dev/null
  rm -f "$1"
  vbox 'add a controller' storagectl "$VM" --name disks --add "$bus" --portcount 2 || return 1
  vbox 'attach the disk' storageattach "$VM" --storagectl disks --port 0 --device 0 --type hdd --medium "$FOLDER/$VM.vdi" || return 1
  vbox 'attach the seed' storageattach "$VM" --storagectl disks --port 1 --device 0 --type dvddrive --medium "$2"
}

# Until the guest shows its host keys, which go to kmon under the seal of the word: over loopback, so that nobody of the network is between.
await_ssh() {
  TROUBLE='the guest starts, and its SSH server does not answer'
  from=$(date +%s)
  while :; do
    progress 'waits for the guest to start' || return 1
    ssh-keyscan -T 5 -t ed25519,ecdsa,rsa -p "$SSH_PORT" 127.0.0.1 2>"$WORK/out" </dev/null |
      sed -n "s/^\[127\.0\.0\.1\]:$SSH_PORT \([a-z0-9-]* [A-Za-z0-9+/=]*\)\$/hostkey \1/p" >"$WORK/more"
    if [ -s "$WORK/more" ]; then break; fi
    [ $(($(date +%s) - from)) -lt "$BOOT" ] || {
      TROUBLE="the guest does not answer within $BOOT seconds: $(grep -v '^#' "$WORK/out" | tail -n 1)"
      return 1
    }
    sleep "$PAUSE"
  done
  say 'the guest runs'
}

# As long as this script runs.
keep_awake() {
  [ -z "$AWAKE" ] || return 0
  if is_mac; then
    caffeinate -i -s -w $$ >/dev/null 2>&1 </dev/null &
  elif command -v systemd-inhibit >/dev/null; then
    systemd-inhibit --what=sleep:idle:handle-lid-switch --who=kmon '--why=a lesson: its guest is at work' sleep 86400 >/dev/null 2>&1 </dev/null &
  else
    return 0
  fi
  AWAKE=$!
}

end_of_it() {
  say "to end it yourself, at any time: sh $LEAVE"
  [ -n "$STAY" ] || return 0
  say 'leave this window open, the lid open and the charger in: so this laptop stays awake. Ctrl-C closes it, and the guest stays'
  while "$VBOX" list runningvms 2>/dev/null | grep -q "^\"$VM\" "; do sleep 30; done
}

tell_trouble() { :; }
