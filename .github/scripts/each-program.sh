#!/usr/bin/env bash
# Runs a command with the programs of a release as further arguments, TARGET=PROGRAM each.
#
#   .github/scripts/each-program.sh DIRECTORY COMMAND ARGUMENT…
#
# The programs lie in DIRECTORY under the names aemlint-TARGET.
set -euo pipefail

directory=$1
shift
pairs=()
for program in "$directory"/aemlint-*; do
  target=${program##*/aemlint-}
  pairs+=("$target=$program")
done
exec "$@" "${pairs[@]}"
