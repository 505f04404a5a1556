# shellcheck shell=bash
# Alertmanager, and amtool to ask it and to check its configuration. Its web pages are not in the module, and it does not compile without any:
# it is built from a copy of the module, as its checksum proves it, with a page that says so in their place. The API is all there.

readonly ALERTMANAGER_PATH=github.com/prometheus/alertmanager
ALERTMANAGER_VERSION=$(pinned alertmanager "$ALERTMANAGER_PATH")
readonly ALERTMANAGER_VERSION
know_part alertmanager "$ALERTMANAGER_VERSION" parent Alertmanager

inputs_alertmanager() {
  go_inputs alertmanager
  cat "$BUNDLE_SCRIPTS/go/alertmanager/placeholder.html"
}

make_alertmanager() {
  local module=$1/module copy=$1/module/alertmanager
  cp -r "$BUNDLE_SCRIPTS/go/alertmanager" "$module"
  cp -r --no-preserve=mode "$(module_folder alertmanager "$ALERTMANAGER_PATH")" "$copy"
  write_placeholder "$copy/ui/app/dist/elm"
  write_placeholder "$copy/ui/app/dist/mantine"
  # Named from here: the path of the cache is not in the programs then.
  go_here -C "$module" mod edit -replace "$ALERTMANAGER_PATH=./alertmanager"
  go_here -C "$module" build -mod=readonly -v -trimpath -buildvcs=false -gcflags=all=-dwarf=false \
    -ldflags "-s -w -X github.com/prometheus/common/version.Version=${ALERTMANAGER_VERSION#v}" -o "$1/" \
    "$ALERTMANAGER_PATH"/cmd/{alertmanager,amtool}
  cp --no-preserve=mode "$copy/examples/ha/alertmanager.yml" "$1/"
  rm -rf "$module"
  seal "$1"
}

# write_placeholder FOLDER: packed both ways that a browser may ask for.
write_placeholder() {
  mkdir -p "$1"
  # shellcheck disable=SC2016  # it is JavaScript
  node --input-type=module --eval '
    import { readFileSync, writeFileSync } from "node:fs";
    import { brotliCompressSync, gzipSync } from "node:zlib";
    const [page, to] = process.argv.slice(1);
    writeFileSync(`${to}/index.html.gz`, gzipSync(readFileSync(page)));
    writeFileSync(`${to}/index.html.br`, brotliCompressSync(readFileSync(page)));
  ' "$BUNDLE_SCRIPTS/go/alertmanager/placeholder.html" "$1"
}
