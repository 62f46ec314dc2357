#!/usr/bin/env bash
# Packs the extension for VS Code, with the packages that its lock file names.
#
#   .github/scripts/pack-extension.sh DIRECTORY
set -euo pipefail

mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$(dirname "$0")/../../editors/vscode/." "$work"
cd "$work"
npm ci --ignore-scripts --omit=dev --no-audit --no-fund
npx --yes @vscode/vsce@4.1.0 package --out "$out"
