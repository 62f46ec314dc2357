#!/usr/bin/env bash
# Builds the program of a release for a target.
#
#   .github/scripts/build-program.sh TARGET
#
# Prints the path of the program as the last line.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=$1
cargo build --locked --profile dist --target "$target" >&2
program=${CARGO_TARGET_DIR:-target}/$target/dist/aemlint
case "$target" in *-windows-*) program=$program.exe ;; esac
# On Linux it runs with any C library, and so everywhere; a target that links one has to fail here and not at a user's.
case "$target" in
  *-linux-musl)
    if readelf --program-headers "$program" | grep -q INTERP; then
      echo "$0: $program is not static" >&2
      exit 1
    fi
    ;;
esac
echo "$program"
