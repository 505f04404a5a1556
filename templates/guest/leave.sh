#!/bin/sh
# Takes kmon's guest off this laptop, and all that came with it. Can be run again until nothing is left.
set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/sbin:/sbin:/usr/local/bin:/opt/homebrew/bin
FOLDER=$HOME/kmon-guest
JOURNAL=$FOLDER/journal
QUIET=
AGAIN=
LEFT=

say() { printf 'kmon: %s\n' "$*"; }

left() {
  LEFT=yes
  say "still here: $1" >&2
}

# What the journal has of a kind.
noted() { sed -n "s/^$1 //p" "$JOURNAL"; }

has_vm() { "$VBOX" list vms 2>/dev/null | grep -q "^\"$1\" "; }

# Only one whose files are in the folder: the owner may have one of the name.
is_ours() { "$VBOX" showvminfo "$1" --machinereadable 2>/dev/null | grep -qF "CfgFile=\"$FOLDER/"; }

is_running() { "$VBOX" list runningvms 2>/dev/null | grep -q "^\"$1\" "; }

remove_vm() {
  for attempt in 1 2 3; do
    has_vm "$1" || return 0
    is_ours "$1" || return 0
    if is_running "$1" && "$VBOX" controlvm "$1" poweroff >/dev/null 2>&1 </dev/null; then
      tries=0
      while is_running "$1" && [ $tries -lt 10 ]; do
        tries=$((tries + 1))
        sleep 1
      done
    fi
    said=$("$VBOX" unregistervm "$1" --delete 2>&1 </dev/null)
    # VirtualBox holds a machine for a moment after it has stopped.
    [ "$attempt" -eq 3 ] || ! has_vm "$1" || sleep 1
  done
  ! has_vm "$1" || ! is_ours "$1" || left "the virtual machine $1 ($(printf %s "$said" | sed -n 's/^VBoxManage: error: //p' | head -n 1))"
}

close_medium() {
  case $1 in *.iso) kind=dvd ;; *) kind=disk ;; esac
  "$VBOX" closemedium $kind "$1" >/dev/null 2>&1 </dev/null || :
}

remove_virtualbox() {
  case $1 in
    brew)
      if brew list --cask virtualbox >/dev/null 2>&1; then
        say 'removes VirtualBox, which was installed for the guest (it may ask for your password)'
        brew uninstall --cask virtualbox >/dev/null 2>&1 </dev/null || :
        if brew list --cask virtualbox >/dev/null 2>&1; then left 'VirtualBox: brew uninstall --cask virtualbox'; fi
      fi
      ;;
  esac
}

leave() {
  for option in "$@"; do
    case $option in
      --quiet) QUIET=yes ;;
      --again) AGAIN=yes ;;
      *)
        say "there is no $option: sh $0" >&2
        exit 64
        ;;
    esac
  done
  if [ ! -s "$JOURNAL" ]; then
    # Made, and stopped before anything was noted.
    rm -f "$FOLDER/leave.sh" "$JOURNAL"
    rmdir "$FOLDER" 2>/dev/null
    [ -n "$QUIET" ] || say 'there is no guest of kmon here'
    exit 0
  fi
  VBOX=
  for place in VBoxManage /usr/local/bin/VBoxManage /Applications/VirtualBox.app/Contents/MacOS/VBoxManage; do
    if [ -z "$VBOX" ] && command -v "$place" >/dev/null; then VBOX=$(command -v "$place"); fi
  done
  if [ -n "$VBOX" ]; then
    # Silence would be taken for "gone".
    said=$("$VBOX" list vms 2>&1 >/dev/null) || left "what VirtualBox does not tell of ($said)"
    for vm in $(noted vm); do remove_vm "$vm"; done
    noted medium | while IFS= read -r medium; do close_medium "$medium"; done
  fi
  # With machines of the owner's in it by now it is his.
  KEEP=$AGAIN
  if [ -n "$VBOX" ] && [ -n "$(noted virtualbox; noted settings)" ] && "$VBOX" list vms 2>/dev/null | grep -q .; then
    [ -n "$KEEP" ] || say 'VirtualBox stays: there are other machines in it'
    KEEP=yes
  fi
  if [ -z "$LEFT$KEEP" ]; then
    for by in $(noted virtualbox); do remove_virtualbox "$by"; done
  fi
  if [ -z "$LEFT$KEEP" ]; then
    # Settings that VirtualBox did not have before.
    noted settings | while IFS= read -r settings; do
      case $settings in "$HOME"/*VirtualBox) rm -rf "$settings" ;; esac
    done
  fi
  if [ -n "$LEFT" ]; then
    say "run it again when that is gone: sh $FOLDER/leave.sh" >&2
    exit 1
  fi
  if [ -n "$AGAIN" ]; then
    # VirtualBox stays for the next one, and that it was not here stays noted.
    grep -E '^(virtualbox|settings) ' "$JOURNAL" >"$FOLDER/journal.new"
    mv "$FOLDER/journal.new" "$JOURNAL" || exit 1
    for file in "$FOLDER"/*; do
      case $file in */journal | */leave.sh) ;; *) rm -rf "$file" || exit 1 ;; esac
    done
    exit 0
  fi
  # The journal and the way back last: where they are something may still be. Finder and the like put files there too.
  find "$FOLDER" -mindepth 1 -maxdepth 1 ! -name journal ! -name leave.sh -exec rm -rf {} +
  rm -rf "$FOLDER"
  if [ -e "$FOLDER" ]; then
    say "still here: $FOLDER" >&2
    exit 1
  fi
  if [ -z "$QUIET" ]; then say 'the guest is gone, with its disk, its ports and what was downloaded: this laptop is as it was'; fi
}

leave "$@"
