# shellcheck shell=bash
# The program that holds a pod's namespaces, from the same source, static as its image has nothing else.

inputs_pause() {
  step_key source
  printf '%s\n' "$PAUSE_RELEASE"
}

make_pause() {
  install_packages gcc libc6-dev
  gcc -Os -Wall -Werror -static -s -DVERSION="v$PAUSE_RELEASE-debian" \
    -o "$1/pause" "$(output_of source)/$KUBERNETES_PATH/build/pause/linux/pause.c"
  seal "$1"
}
