//go:build tools

// Package programs names what is built from here besides the stand-in, so that `go mod tidy` keeps all that it needs.
package programs

import _ "github.com/containernetworking/plugins/plugins/meta/flannel"
