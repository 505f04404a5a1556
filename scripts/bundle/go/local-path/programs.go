//go:build tools

// Package programs names what is built from here, so that `go mod tidy` keeps all that it needs.
package programs

import (
	_ "github.com/rancher/local-path-provisioner"
)
