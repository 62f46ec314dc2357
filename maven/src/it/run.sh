#!/usr/bin/env bash
# Builds the projects beside this file with the plugin, as its users do, and compares what happens with what should.
#
#   src/it/run.sh REPOSITORY
#
# REPOSITORY is a local repository in which the plugin is installed. Needs $AEMLINT_PROGRAM and $ASSEMBLY_VERSION.
set -euo pipefail
cd "$(dirname "$0")"

repository=$1
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' ../../../Cargo.toml | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/log.txt
passed=0
failed=0

mkdir "$work/bin"
ln -s "$AEMLINT_PROGRAM" "$work/bin/aemlint"
with_program=$work/bin:$PATH
# A machine on which aemlint is installed would hide that the plugin does not find it by other ways.
without_program=$(tr ':' '\n' <<< "$PATH" | while read -r each; do [ -x "$each/aemlint" ] || echo "$each"; done | paste -sd :)

# build PROJECT ARGUMENT…: sets $code, and writes the log
build() {
  cp -R "$1" "$work/"
  code=0
  (cd "$work/$1" && mvn --offline --batch-mode --errors "-Dmaven.repo.local=$repository" "-Daemlint.version=$version" \
    "-Dassembly.version=$ASSEMBLY_VERSION" "${@:2}" package) > "$log" 2>&1 || code=$?
}

ok() {
  passed=$((passed + 1))
  echo "ok: $name"
}

not_ok() {
  failed=$((failed + 1))
  echo "not ok: $name: $1"
  grep '^\[' "$log" | sed 's/^/    /'
}

# expect CODE PATTERN…: each pattern has to match a line of the log
expect() {
  local wanted=$1
  shift
  if [ "$code" -ne "$wanted" ]; then
    not_ok "the build ended with $code and not with $wanted"
    return
  fi
  for pattern in "$@"; do
    if ! grep -q -E -e "$pattern" "$log"; then
      not_ok "not in the log: $pattern"
      return
    fi
  done
  ok
}

failure='Caused by: org.apache.maven.plugin.MojoFailureException'
error='Caused by: org.apache.maven.plugin.MojoExecutionException'

PATH=$with_program
name="a clean project builds, with the program of the PATH"
build clean
expect 0 'aemlint-maven-plugin:.*:check \(default\)' 'aemlint found nothing' 'BUILD SUCCESS'

name="reports are below target"
if [ -s "$work/clean/target/aemlint/aemlint.sarif" ] && [ -s "$work/clean/target/aemlint/TEST-aemlint.xml" ] \
  && [ -s "$work/clean/target/aemlint/aemlint.txt" ]; then ok; else not_ok "a report is not there"; fi

name="the package of a module fails the build, with the configuration of the root"
build broken
expect 1 '\[ERROR\] .*all/target/all-1\.0\.0\.zip!/jcr_root/.*\.cfg\.json:[0-9]+:[0-9]+: .* \[missing-scope\]' \
  '\[WARNING\] .*all-1\.0\.0\.zip!/jcr_root/.*\.cfg\.json:[0-9]+:[0-9]+: .* \[jwt-credentials\]' \
  'aemlint found 1 error and 2 warnings; see target/aemlint/aemlint\.txt for what to do' "$failure" 'BUILD FAILURE'

name="findings below failOn are told and let the build pass"
build broken -Daemlint.failOn=never
expect 0 '\[ERROR\] .*\[missing-scope\]' 'nothing at the level of failOn \(never\)' 'BUILD SUCCESS'

name="paths and arguments are taken from the command line"
build broken -Daemlint.paths=../ui.config,src -Daemlint.arguments=--select,jwt-credentials
expect 1 '\[WARNING\] .*ui\.config/src/main/content/jcr_root/.*\.cfg\.json:[0-9]+:[0-9]+: .* \[jwt-credentials\]' \
  'aemlint found 1 warning;' "$failure"

name="skip skips"
build broken -Daemlint.skip
expect 0 'aemlint is skipped' 'BUILD SUCCESS'

name="nothing to read is an error, not a failure"
build nothing
expect 1 '\[ERROR\] .*there is nothing to judge' 'The audit is incomplete' "$error"

name="a mistake of use is an error"
build clean -Daemlint.failOn=nevre
expect 1 'aemlint could not check: .*nevre' "$error"

name="a program that is not there is an error"
build clean -Daemlint.executable=tools/aemlint
expect 1 'There is no program tools/aemlint in .*clean' "$error"

name="a program that may not be executed is told"
echo > "$work/plain-file"
build clean "-Daemlint.executable=$work/plain-file"
expect 1 'plain-file may not be executed' "$error"

name="a program that is killed is an error"
printf '#!/bin/sh\nkill -9 $$\n' > "$work/killed"
chmod +x "$work/killed"
build clean "-Daemlint.executable=$work/killed"
expect 1 '137' "$error"

PATH=$without_program
name="without a program and without an artifact the build says what to do"
build clean
expect 1 'aemlint is not on the PATH, and the artifact io\.github\.aemlint:aemlint:exe:linux-[a-z0-9_]+:.* cannot be had' "$error"

name="the program is taken from executable"
build broken "-Daemlint.executable=$AEMLINT_PROGRAM"
expect 1 '\[ERROR\] .*\[missing-scope\]' "$failure"

name="the program is taken from the artifact for this machine"
../../bundle.sh "$work/bundle" "$(uname -m)-unknown-linux-musl=$AEMLINT_PROGRAM"
cp -R "$work/bundle/io/github/aemlint/aemlint" "$repository/io/github/aemlint/"
build broken
expect 1 '\[ERROR\] .*\[missing-scope\]' "$failure"

printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
