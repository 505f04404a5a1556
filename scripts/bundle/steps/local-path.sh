# shellcheck shell=bash
# What makes a folder of a machine's disk for a claim. Of the versions this one is the newest whose checksum the world's Go has on record.

readonly LOCAL_PATH_PATH=github.com/rancher/local-path-provisioner
LOCAL_PATH_VERSION=$(pinned local-path "$LOCAL_PATH_PATH")
readonly LOCAL_PATH_VERSION
# Its helper makes and removes the folder on the machine itself, whichever that is.
know_part local-path "$LOCAL_PATH_VERSION" 'parent child' local-path-provisioner

inputs_local-path() {
  go_inputs local-path
}

make_local-path() {
  go_build local-path "$1/local-path-provisioner" -ldflags "-s -w -X main.VERSION=$LOCAL_PATH_VERSION" "$LOCAL_PATH_PATH"
  seal "$1"
}
