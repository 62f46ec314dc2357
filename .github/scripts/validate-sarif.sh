#!/usr/bin/env bash
# Validates SARIF files with Microsoft's validator and the rules of GitHub code scanning; fails on any error or warning.
#
#   .github/scripts/validate-sarif.sh report.sarif…
#
# Needs node, npm and jq. The validator is installed into $SARIF_MULTITOOL_DIR (default: a directory under $TMPDIR) and
# is used again if it is already there.
set -euo pipefail

version=5.7.0

if [ "$#" -eq 0 ]; then
  echo "usage: $0 FILE.sarif…" >&2
  exit 2
fi

dir=${SARIF_MULTITOOL_DIR:-${TMPDIR:-/tmp}/sarif-multitool-$version}
case "$(uname -s)" in
  Linux) platform=linux ;;
  Darwin) platform=darwin ;;
  *) echo "$0: no validator for $(uname -s)" >&2; exit 2 ;;
esac
tool=$dir/node_modules/@microsoft/sarif-multitool-$platform/Sarif.Multitool

if [ ! -f "$tool" ]; then
  mkdir -p "$dir"
  npm install --prefix "$dir" --no-audit --no-fund --ignore-scripts "@microsoft/sarif-multitool@$version" >&2
fi
# The package's install script would do this; scripts are not run here.
chmod u+x "$tool"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
report=$work/report.sarif
log=$work/log.txt

failed=0
for file in "$@"; do
  if [ ! -f "$file" ]; then
    echo "$0: $file does not exist" >&2
    exit 2
  fi
  rm -f "$report"
  # The validator's exit code is 0 even for files with errors: only its report tells.
  "$tool" validate "$file" --rule-kind "Sarif;Ghas" --level "Error;Warning" \
    --output "$report" --log ForceOverwrite >"$log" 2>&1 || true
  if ! jq -e '.runs[0].results' "$report" >/dev/null 2>&1; then
    echo "$file: the validator made no report" >&2
    cat "$log" >&2
    failed=1
  elif ! jq -e '[.runs[0].results[] | select((.level // "warning") | . == "error" or . == "warning")] | length == 0' \
    "$report" >/dev/null; then
    echo "$file: not valid" >&2
    grep -E ': (error|warning) ' "$log" >&2 || cat "$log" >&2
    failed=1
  else
    echo "$file: valid, no errors, no warnings"
  fi
done
exit "$failed"
