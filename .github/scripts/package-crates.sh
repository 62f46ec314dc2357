#!/usr/bin/env bash
# Packs all crates as a registry gets them, and builds them from what was packed.
#
#   .github/scripts/package-crates.sh [ARGUMENT OF CARGO PACKAGE…]
set -euo pipefail
cd "$(dirname "$0")/../.."

cargo package --workspace --locked "$@"
# What `cargo install` needs to build what was tested, and what a licence asks for.
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
list=$(tar -tzf "${CARGO_TARGET_DIR:-target}/package/aemlint-$version.crate")
for file in Cargo.lock LICENSE-MIT LICENSE-APACHE README.md rules/ims/jwt-credentials.toml; do
  if ! grep -q -x -F "aemlint-$version/$file" <<< "$list"; then
    echo "$0: $file is not in the crate" >&2
    exit 1
  fi
done
