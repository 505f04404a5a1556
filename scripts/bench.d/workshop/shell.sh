#!/usr/bin/env bash
# A workshop by ssh alone, as a good shell hand would write it for one lesson: nothing is looked at first, noted, checked or given back; all
# that can go on at once does. `shell.sh KIT`: see scripts/bench.d/kit.ts for what is in the folder.
# shellcheck disable=SC2153 # the kit sets them
set -euo pipefail
cd "$1"
# shellcheck source=/dev/null
source ./kit.sh
readonly TOOLS=/opt/kmon/bin SOCKET=/run/kmon-containerd/containerd.sock ADMIN=/etc/kubernetes/admin.conf
readonly KUBECTL="$TOOLS/kubectl --kubeconfig $ADMIN"
trap 'jobs -p | xargs -r kill 2>/dev/null || :' EXIT

# quoted TEXT: one word for a POSIX shell.
quoted() { printf "'%s'" "${1//\'/\'\\\'\'}"; }

# root MACHINE COMMAND: as root there, with what comes on stdin.
root() {
  if [[ -n ${ASKS[$1]} ]]; then
    # sudo reads one line and leaves the rest.
    cat sudo-password - | ssh -F ssh_config "$1" "sudo -S -p '' sh -c $(quoted "$2")"
  else
    ssh -F ssh_config "$1" "sudo sh -c $(quoted "$2")"
  fi
}

# all: waits for the named jobs; the first that failed ends the lesson.
all() {
  local job
  for job; do wait "$job"; done
}

copy_files() {
  local machine=$1
  # shellcheck disable=SC2086
  tar -c --owner=0 --group=0 -C "$PWD/machines/$machine" etc -C "$BUNDLE" ${COPIES[$machine]} --transform "${RENAMES[$machine]}" |
    root "$machine" 'tar -x -C / && find /opt/kmon -name "*.gz" -print0 | xargs -0 -r -n 4 -P 2 gzip -d'
}

# Services that packages bring stay off, as they would be in the way.
install_packages() {
  root "$1" "printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends ${PACKAGES[*]} >/dev/null; status=\$?
rm -f /usr/sbin/policy-rc.d; exit \$status" </dev/null
}

start_runtime() {
  root "$1" "set -e; mkdir -p /etc/kmon/cni/net.d
printf '# BEGIN kmon\n%s\n# END kmon\n' '${HOSTS[$1]}' >>/etc/hosts
modprobe -aq overlay br_netfilter 2>/dev/null || :
sysctl -q -p /etc/sysctl.d/99-kmon.conf
systemctl disable -q containerd 2>/dev/null || :
systemctl daemon-reload
systemctl enable -q --now kmon-containerd
systemctl enable -q kubelet" </dev/null
}

load_images() {
  local file jobs=()
  for file in ${IMAGES[$1]}; do
    root "$1" "PATH=$TOOLS:\$PATH ctr --address $SOCKET -n k8s.io images import --all-platforms - >/dev/null" <"$BUNDLE/$file" & jobs+=($!)
  done
  all "${jobs[@]}"
}

prepare() {
  copy_files "$1" & local files=$!
  install_packages "$1" & local packages=$!
  all $files $packages
  start_runtime "$1"
  load_images "$1"
}

# shellcheck disable=SC2016 # the machine's shell expands it
# pods_of KUBECTL MACHINE: shell text that waits for the node's range of pods and writes the CNI's file with it; prints the range.
pods_of() {
  printf '%s\n' "until cidr=\$($1 get node $2 -o 'jsonpath={.spec.podCIDR}') && [ -n \"\$cidr\" ]; do sleep 0.5; done" \
    "cat >/etc/kmon/cni/net.d/10-kmon.conflist <<CONFLIST" "$(sed 's/@PODS@/${cidr%.*}./' conflist)" CONFLIST 'echo "$cidr"'
}

init() {
  root "$PARENT" "set -e; PATH=$TOOLS:\$PATH
$TOOLS/kubeadm init --config /etc/kmon/kubeadm-init.yaml --skip-token-print >&2
openssl x509 -pubkey -noout -in /etc/kubernetes/pki/ca.crt | openssl pkey -pubin -outform der | sha256sum | cut -c1-64" </dev/null >ca-hash.new 2>init.log || {
    tail -n 20 init.log >&2
    return 1
  }
  mv ca-hash.new ca-hash
}

join() {
  local machine=$1
  { sed "s/@CA_HASH@/sha256:$(cat ca-hash)/" "join/$machine.yaml"; } | root "$machine" "set -e; umask 077; PATH=$TOOLS:\$PATH
cat >/run/kubeadm-join.yaml
$TOOLS/kubeadm join --config /run/kubeadm-join.yaml >/dev/null; rm -f /run/kubeadm-join.yaml
umask 022
$(pods_of "$TOOLS/kubectl --kubeconfig /etc/kubernetes/kubelet.conf" "$machine")
ip route replace $POD_SUBNET via ${ADDRESS[$PARENT]} proto static" >"pods-$machine"
  root "$PARENT" "set -e; ip route replace $(cat "pods-$machine") via ${ADDRESS[$machine]} proto static
$KUBECTL label --overwrite node $machine ${LABELS[$machine]} >/dev/null" </dev/null
}

child() {
  prepare "$1"
  until [[ -s ca-hash ]]; do sleep 0.1; done
  join "$1"
}

# The short way from child to child.
peer_routes() {
  local machine other routes jobs=()
  for machine in "${CHILDREN[@]}"; do
    routes=":"
    for other in "$PARENT" "${CHILDREN[@]}"; do
      if [[ $other != "$machine" ]]; then routes+="; ip route replace $(cat "pods-$other") via ${ADDRESS[$other]} proto static"; fi
    done
    root "$machine" "$routes" </dev/null & jobs+=($!)
  done
  all "${jobs[@]}"
}

monitoring() {
  root "$PARENT" "HOME=/root $TOOLS/helm --kubeconfig $ADMIN upgrade --install $RELEASE $CHART --namespace $NAMESPACE --create-namespace \
--wait --timeout 300s -f - >/dev/null" <values.json
}

measured() {
  local answer
  until answer=$(curl -sG --data-urlencode "query=count($QUERY)" "$PROMETHEUS/api/v1/query" | sed -n 's/.*"\([0-9]*\)"\]}\]}}.*/\1/p') &&
    [[ $answer == $((${#CHILDREN[@]} + 1)) ]]; do sleep 0.5; done
}

main() {
  local machine children=()
  for machine in "${CHILDREN[@]}"; do
    child "$machine" & children+=($!)
  done
  prepare "$PARENT"
  init
  monitoring & local monitoring=$!
  root "$PARENT" "cat $ADMIN" </dev/null >kubeconfig
  root "$PARENT" "$(pods_of "$KUBECTL" "$PARENT")" </dev/null >"pods-$PARENT"
  all "${children[@]}"
  peer_routes & local routes=$!
  root "$PARENT" "$KUBECTL wait --for=condition=Ready nodes --all --timeout=300s >/dev/null" </dev/null
  all $routes $monitoring
  measured
}

main
