"""What was done already: a directory with one file for each unit that is finished, and one for each time it was begun.

Files are written under another name, flushed and renamed, so that one that is there is whole. Machines share the directory.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import uuid
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence

_DONE, _BEGUN = ".done.json", ".begun.json"


@dataclass(frozen=True)
class LedgerEntry:
    """What a ledger knows of a unit: a package, or the packages of a deployment."""

    deployment: str
    paths: List[str]
    #: How often a child process was started to read it.
    begun: int
    #: Whether its row is there, so that it is not read again.
    done: bool


class Ledger:
    """A directory of finished units."""

    def __init__(self, directory: str) -> None:
        self._directory = pathlib.Path(directory)
        self._directory.mkdir(parents=True, exist_ok=True)

    def key(self, unit: Dict[str, Any], fingerprints: Sequence[Any], how: Sequence[str]) -> str:
        """The name of a unit that is read in a certain way: of what is on disk, other bytes are another unit."""
        known = json.dumps([unit, fingerprints, list(how)], sort_keys=True)
        return hashlib.sha256(known.encode()).hexdigest()

    def done(self, key: str) -> Optional[Dict[str, Any]]:
        """The row of a unit that is finished."""
        try:
            return json.loads((self._directory / (key + _DONE)).read_text(encoding="utf-8"))["row"]
        except (OSError, ValueError, KeyError):
            return None

    def begin(self, key: str, unit: Dict[str, Any]) -> None:
        """Notes that a child is about to read a unit."""
        self._write(f"{key}-{uuid.uuid4().hex}{_BEGUN}", unit)

    def finish(self, key: str, unit: Dict[str, Any], row: Dict[str, Any]) -> None:
        """Keeps the row of a unit."""
        self._write(key + _DONE, {**unit, "row": row})

    def _write(self, name: str, value: Dict[str, Any]) -> None:
        path = self._directory / name
        unfinished = path.with_name(f"{name}.{uuid.uuid4().hex}.unfinished")
        with open(unfinished, "w", encoding="utf-8") as file:
            json.dump(value, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)


def read_ledger(directory: str) -> List[LedgerEntry]:
    """What the ledger in a directory knows, ordered by deployment and paths."""
    units: Dict[str, Dict[str, Any]] = {}
    begun: Dict[str, int] = {}
    done = set()
    for path in pathlib.Path(directory).glob("*.json"):
        key = path.name[:64]
        try:
            unit = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        units[key] = unit
        if path.name.endswith(_BEGUN):
            begun[key] = begun.get(key, 0) + 1
        elif path.name.endswith(_DONE):
            done.add(key)
    entries = [
        LedgerEntry(unit["deployment"], unit["paths"], begun.get(key, 0), key in done) for key, unit in units.items()
    ]
    return sorted(entries, key=lambda entry: (entry.deployment, entry.paths))
