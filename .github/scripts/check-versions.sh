#!/usr/bin/env bash
# Fails unless every file that states the version of a release states the one of Cargo.toml; with a tag, that one, too.
#
#   .github/scripts/check-versions.sh [TAG]
set -euo pipefail
cd "$(dirname "$0")/../.."

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
failed=0

# expect WHERE VERSION: one line for each that differs
expect() {
  if [ "$2" != "$version" ]; then
    echo "$1 states ${2:-nothing}, and Cargo.toml $version" >&2
    failed=1
  fi
}

[ "$#" -eq 0 ] || expect "the tag" "${1#v}"
expect maven/pom.xml "$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' maven/pom.xml | head -n 1)"
expect docs/maven.md "$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' docs/maven.md | head -n 1)"
expect editors/vscode/package.json "$(sed -n 's|^  "version": "\(.*\)",$|\1|p' editors/vscode/package.json)"
expect editors/vscode/package-lock.json "$(sed -n 's|^  "version": "\(.*\)",$|\1|p' editors/vscode/package-lock.json)"
# Crates of the workspace are released together with the program, in the versions that it asks for.
for manifest in crates/*/Cargo.toml; do
  own=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$manifest" | head -n 1)
  name=$(basename "$(dirname "$manifest")")
  asked=$(sed -n "s|^$name = { path = .*version = \"\([^\"]*\)\".*|\1|p" Cargo.toml)
  if ! grep -q '^version.workspace = true$' "$manifest" && [ "$own" != "$asked" ]; then
    echo "$manifest states ${own:-nothing}, and Cargo.toml asks for $asked" >&2
    failed=1
  fi
done
[ "$failed" -eq 0 ] && echo "every file states version $version"
exit "$failed"
