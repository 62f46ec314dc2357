#!/usr/bin/env bash
# Builds the wheel of a release for a target, or the source distribution.
#
#   .github/scripts/build-wheel.sh TARGET DIRECTORY
#   .github/scripts/build-wheel.sh source DIRECTORY
#
# maturin is run by pipx; $MATURIN is another command for it.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=$1
out=$2
read -r -a maturin <<< "${MATURIN:-pipx run maturin==1.16.0}"

if [ "$target" = source ]; then
  "${maturin[@]}" sdist --out "$out"
  exit
fi
# A static program runs on every Linux, whatever its C library: the wheel bears both tags.
case "$target" in
  *-linux-musl) tags=(manylinux2014 musllinux_1_1) ;;
  *-linux-*) tags=(linux) ;;
  *) tags=(pypi) ;;
esac
"${maturin[@]}" build --locked --profile dist --target "$target" --out "$out" --compatibility "${tags[@]}"
