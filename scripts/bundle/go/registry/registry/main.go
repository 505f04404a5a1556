// The registry of the lab: images in a folder, of its own or of a registry behind it, with passwords or without. The stores of clouds, which
// are most of it, are left out.
package main

import (
	"github.com/distribution/distribution/v3/registry"

	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd"
	_ "github.com/distribution/distribution/v3/registry/proxy"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/inmemory"
)

func main() {
	// A command that fails ends the program by itself.
	_ = registry.RootCmd.Execute()
}
