#!/usr/bin/env bash
# Builds and tests the Maven plugin with what Debian or Ubuntu packages, without a network:
#
#   maven/build.sh             # unit tests, the plugin, then the builds of src/it
#   maven/build.sh --packages  # prints the packages that it needs, for apt-get install
#   maven/build.sh --check     # fails if one of them is not installed
#
# The program that the builds of src/it run is $AEMLINT_PROGRAM, or target/debug/aemlint. Where other versions are packaged
# than pom.xml names, those are taken. A build with Maven alone (mvn -f maven install) needs none of this.
set -euo pipefail
cd "$(dirname "$0")"

packages=(maven default-jdk-headless junit4 libmaven-assembly-plugin-java libmaven-compiler-plugin-java
  libmaven-install-plugin-java libmaven-jar-plugin-java libmaven-plugin-tools-java libmaven-resources-plugin-java
  libsurefire-java)
if [ "${1:-}" = --packages ]; then
  echo "${packages[@]}"
  exit
fi

packaged=/usr/share/maven-repo
maven=/usr/share/maven/bin
repository=$PWD/target/repository

needed=("$maven/mvn" "$packaged/junit/junit" "$packaged/org/apache/maven/plugin-tools/maven-plugin-annotations")
for plugin in assembly compiler install jar plugin resources surefire; do
  needed+=("$packaged/org/apache/maven/plugins/maven-$plugin-plugin")
done
for each in "${needed[@]}"; do
  if [ ! -e "$each" ] || ! command -v javac >/dev/null; then
    echo "$0: needs the packages ${packages[*]}" >&2
    exit 2
  fi
done
[ "${1:-}" != --check ] || exit 0

# Another Maven knows nothing of the repository of the distribution.
PATH=$maven:$PATH

# The newest version of an artifact that is packaged; "debian" and "3.x" are further names of the same.
version_of() {
  find "$packaged/$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | grep -v -e debian -e x | sort -V | tail -n 1
}

# A local repository of links to what is packaged; what this build installs is added to it.
rm -rf target
mkdir -p "$repository"
cp -as "$packaged/." "$repository/"
# Maven adds plexus-utils 1.1 to a plugin that names none.
utils=org/codehaus/plexus/plexus-utils
utils_version=$(version_of "$utils")
mkdir "$repository/$utils/1.1"
for suffix in pom jar; do
  ln -s "$packaged/$utils/$utils_version/plexus-utils-$utils_version.$suffix" "$repository/$utils/1.1/plexus-utils-1.1.$suffix"
done

mvn=(mvn --offline --batch-mode --no-transfer-progress "-Dmaven.repo.local=$repository")
versions=(
  "-Dversion.maven=$(version_of org/apache/maven/maven-core)"
  "-Dversion.resolver=$(version_of org/apache/maven/resolver/maven-resolver-api)"
  "-Dversion.plugin-tools=$(version_of org/apache/maven/plugin-tools/maven-plugin-annotations)"
  "-Dversion.junit=$(version_of junit/junit)"
)
for plugin in resources compiler surefire jar install; do
  versions+=("-Dversion.$plugin-plugin=$(version_of "org/apache/maven/plugins/maven-$plugin-plugin")")
done

"${mvn[@]}" "${versions[@]}" install

AEMLINT_PROGRAM=$(realpath "${AEMLINT_PROGRAM:-../target/debug/aemlint}")
ASSEMBLY_VERSION=$(version_of org/apache/maven/plugins/maven-assembly-plugin)
export AEMLINT_PROGRAM ASSEMBLY_VERSION
src/it/run.sh "$repository"
