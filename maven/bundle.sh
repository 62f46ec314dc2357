#!/usr/bin/env bash
# Lays out what a Maven repository holds of a release: the plugin, and the programs as artifacts with classifiers.
#
#   maven/bundle.sh DIRECTORY TARGET=PROGRAM…
#
# TARGET is a Rust target. The plugin has to be built (maven/build.sh or mvn -f maven package). Every file gets the checksums
# that repositories ask for, and a signature if $GPG_KEY names a key.
set -euo pipefail

if [ "$#" -lt 2 ]; then
  echo "usage: $0 DIRECTORY TARGET=PROGRAM…" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)/io/github/aemlint
shift

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/../Cargo.toml" | head -n 1)
plugin=$out/aemlint-maven-plugin/$version
program=$out/aemlint/$version
mkdir -p "$plugin" "$program"

jar=$here/target/aemlint-maven-plugin-$version.jar
if [ ! -f "$jar" ]; then
  echo "$0: $jar is not built" >&2
  exit 2
fi
cp "$here/pom.xml" "$plugin/aemlint-maven-plugin-$version.pom"
cp "$jar" "$plugin/"
(cd "$here/src/main/java" && jar --create --file "$plugin/aemlint-maven-plugin-$version-sources.jar" .)
# Repositories want a file of this name; the parameters are documented in docs/maven.md and by `mvn help:describe`.
(cd "$here" && jar --create --file "$plugin/aemlint-maven-plugin-$version-javadoc.jar" -C .. docs/maven.md)

# All that the plugin's pom says about the project holds for the programs, too.
sed -e '/<prerequisites>/,$d' \
  -e 's|<artifactId>aemlint-maven-plugin</artifactId>|<artifactId>aemlint</artifactId>|' \
  -e 's|<packaging>maven-plugin</packaging>|<packaging>pom</packaging>|' \
  -e "s|^  <name>.*</name>|  <name>aemlint</name>|" \
  -e 's|<description>.*</description>|<description>The program of aemlint, one artifact for each platform.</description>|' \
  "$here/pom.xml" > "$program/aemlint-$version.pom"
echo "</project>" >> "$program/aemlint-$version.pom"

for pair in "$@"; do
  case "${pair%%=*}" in
    x86_64-unknown-linux-*) classifier=linux-x86_64 ;;
    aarch64-unknown-linux-*) classifier=linux-aarch_64 ;;
    x86_64-apple-darwin) classifier=osx-x86_64 ;;
    aarch64-apple-darwin) classifier=osx-aarch_64 ;;
    x86_64-pc-windows-*) classifier=windows-x86_64 ;;
    *) echo "$0: there is no classifier for ${pair%%=*}" >&2; exit 2 ;;
  esac
  cp "${pair#*=}" "$program/aemlint-$version-$classifier.exe"
done

for file in "$plugin"/* "$program"/*; do
  case "$file" in *.md5 | *.sha1 | *.asc) continue ;; esac
  md5sum < "$file" | cut -d ' ' -f 1 > "$file.md5"
  sha1sum < "$file" | cut -d ' ' -f 1 > "$file.sha1"
  if [ -n "${GPG_KEY:-}" ]; then
    gpg --batch --yes --local-user "$GPG_KEY" --armor --detach-sign "$file"
  fi
done
