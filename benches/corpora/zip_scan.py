"""Searches zip archives, nested ones too, as a script of a few lines would: zipfile and re."""

import io
import os
import re
import sys
import zipfile

PATTERN = re.compile(rb"(?i)adobe\.io|adobelogin\.com|brand-portal\.adobe\.com")
TEXT = (".xml", ".config", ".cfg", ".json", ".properties")
ARCHIVES = (".zip", ".jar")


def scan(archive):
    hits = 0
    for entry in archive.infolist():
        if entry.filename.endswith(TEXT):
            if PATTERN.search(archive.read(entry)):
                hits += 1
        elif entry.filename.endswith(ARCHIVES):
            with zipfile.ZipFile(io.BytesIO(archive.read(entry))) as nested:
                hits += scan(nested)
    return hits


def main(root):
    hits = 0
    for folder, _, names in os.walk(root):
        for name in names:
            if name.endswith(".zip"):
                with zipfile.ZipFile(os.path.join(folder, name)) as archive:
                    hits += scan(archive)
    print(hits)


main(sys.argv[1])
