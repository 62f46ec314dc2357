#!/usr/bin/env bash
# Writes what the program is made of, as CycloneDX, and checks that it names every crate that is linked.
#
#   .github/scripts/write-sbom.sh FILE.json
#
# Needs cargo-cyclonedx, which $CARGO_CYCLONEDX_VERSION installs, and jq.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=$1
if [ -n "${CARGO_CYCLONEDX_VERSION:-}" ]; then
  cargo install --locked "cargo-cyclonedx@$CARGO_CYCLONEDX_VERSION"
fi
name=$(basename "$out" .json)
# Every crate of the workspace gets one; that of the program stands in the root.
cargo cyclonedx --format json --target all --override-filename "$name"
find crates -name "$name.json" -delete
[ "$name.json" -ef "$out" ] || mv "$name.json" "$out"
linked=$(cargo tree --locked --edges normal --target all --prefix none --no-dedupe --format '{p}' | cut -d ' ' -f 1 | sort -u)
named=$(jq -r '.components[].name' "$out" | sort -u)
missing=$(comm -23 <(grep -v -x aemlint <<< "$linked") <(echo "$named"))
if [ -n "$missing" ]; then
  echo "$0: not in the bill of materials: $missing" >&2
  exit 1
fi
echo "$out: $(jq '.components | length' "$out") components"
