#!/usr/bin/env python3
"""Writes the licences of everything that is linked into the program to LICENSE-THIRD-PARTY.

    .github/scripts/third-party-licenses.py [FILE]

Needs cargo and the sources of the dependencies, which `cargo fetch` gets. Fails if a crate states no licence. Crates whose
licence texts are the same share one copy.
"""

import json
import pathlib
import subprocess
import sys

NAMES = ("license", "licence", "copying", "notice", "unlicense", "copyright")


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments], check=True, capture_output=True, text=True).stdout


def texts(directory):
    for path in sorted(directory.iterdir()):
        if path.is_file() and path.name.lower().startswith(NAMES):
            yield path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip()


def main():
    target = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "LICENSE-THIRD-PARTY")
    # What is linked on any platform; not what only builds or tests it.
    linked = set(cargo("tree", "--locked", "--edges", "normal", "--target", "all", "--prefix", "none",
                       "--no-dedupe", "--format", "{p}").replace(" (proc-macro)", "").splitlines())
    linked = {tuple(line.split()[:2]) for line in linked if line}
    packages = json.loads(cargo("metadata", "--locked", "--format-version", "1"))["packages"]
    packages = [p for p in packages if p["source"] and (p["name"], "v" + p["version"]) in linked]
    packages.sort(key=lambda p: (p["name"], p["version"]))

    by_text = {}
    lines = ["aemlint contains the Rust standard library (MIT OR Apache-2.0, https://www.rust-lang.org) and these crates:", ""]
    for package in packages:
        if not package["license"]:
            sys.exit(f"{package['name']} {package['version']} states no licence")
        name = f"{package['name']} {package['version']}"
        lines.append(f"{name}: {package['license']} ({package['repository'] or 'no repository stated'})")
        for text in texts(pathlib.Path(package["manifest_path"]).parent):
            by_text.setdefault(text, []).append(name)
    for text, names in by_text.items():
        lines += ["", "=" * 100, ", ".join(names), "=" * 100, "", text]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{target}: {len(packages)} crates, {len(by_text)} texts")


if __name__ == "__main__":
    main()
