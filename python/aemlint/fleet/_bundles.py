"""What lies in a directory of bundles: which package was last collected at a path."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
from typing import Optional


def digest_at(directory: str, path: str) -> Optional[str]:
    """The name of the bundle of the package at a path; None if there is none.

    Args:
        path: As it was collected: absolute, or a URL as it is shown.
    """
    note = pathlib.Path(directory, "paths", hashlib.sha256(os.fsencode(path)).hexdigest() + ".json")
    try:
        digest = json.loads(note.read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return digest if isinstance(digest, str) and os.path.isfile(os.path.join(directory, f"{digest}.bundle")) else None
