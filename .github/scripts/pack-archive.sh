#!/usr/bin/env bash
# Packs the program with documentation, licences, completions and man pages, as releases have it and cargo-binstall takes it.
#
#   .github/scripts/pack-archive.sh TARGET PROGRAM DIRECTORY
set -euo pipefail

target=$1
program=$(realpath "$2")
mkdir -p "$3"
out=$(realpath "$3")
cd "$(dirname "$0")/../.."

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
name=aemlint-v$version-$target
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/$name/completions" "$work/$name/man"
cp "$program" README.md CHANGELOG.md LICENSE-* "$work/$name/"
for shell in bash elvish fish powershell zsh; do
  "$program" completions "$shell" > "$work/$name/completions/aemlint.$shell"
done
"$program" man > "$work/$name/man/aemlint.1"
# One page for each subcommand that the page of the program names.
"$program" man | sed -n 's/^aemlint\\-\([a-z-]*\)(1)$/\1/p' | while read -r page; do
  [ "$page" = help ] || "$program" man "$page" > "$work/$name/man/aemlint-$page.1"
done
tar -czf "$out/$name.tar.gz" -C "$work" "$name"
echo "$out/$name.tar.gz"
