//go:build tools

// Package programs names what is built from here, so that `go mod tidy` keeps all that it needs.
package programs

import (
	_ "k8s.io/kube-state-metrics/v2"
)
