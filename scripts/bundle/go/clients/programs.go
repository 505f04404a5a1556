//go:build tools

// Package programs names what is built from here besides CoreDNS, so that `go mod tidy` keeps all that it needs.
package programs

import (
	_ "github.com/prometheus/prometheus/cmd/prometheus"
	_ "sigs.k8s.io/cri-tools/cmd/crictl"
)
