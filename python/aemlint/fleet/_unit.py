"""What rows name, and how it is handled."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Dict, List, Optional
from urllib.parse import urlsplit, urlunsplit

#: Schemes of URLs in which what stands before `@` names a container, and is no credential.
_CONTAINER_FIRST = ("abfs", "abfss")


@dataclass(frozen=True)
class Unit:
    """What is judged together."""

    deployment: str
    paths: List[str]

    @staticmethod
    def of(row: Dict[str, Any]) -> "Unit":
        """The unit that a row names, by ``path`` or by ``deployment`` and ``paths``."""
        if row.get("paths") is not None:
            return Unit(str(row.get("deployment") or ""), [path or "" for path in row["paths"]])
        path = row.get("path")
        return Unit(str(row.get("deployment") or path or ""), [path] if path else [])

    def shown(self) -> Dict[str, Any]:
        """The unit as rows have it."""
        return {"deployment": shown(self.deployment), "paths": [shown(path) for path in self.paths]}


@dataclass(frozen=True)
class How:
    """How units are handled."""

    program: str
    options: List[str]
    #: The directory of bundles.
    bundles: str
    #: Seconds that one child may take; None is without bounds.
    timeout: Optional[float]
    #: Whether the table of facts is wanted.
    facts: bool = True


def shown(path: str) -> str:
    """A path, or a URL without what can be a credential, as the program shows it."""
    if "://" not in path:
        return path
    try:
        scheme, place, name, _, _ = urlsplit(path)
    except ValueError:
        return path.split("://", 1)[0] + "://"
    user, at, host = place.rpartition("@")
    if at and scheme.lower() in _CONTAINER_FIRST:
        host = f"{user.split(':', 1)[0]}@{host}"
    return urlunsplit((scheme, host, name, "", ""))


def absolute(path: str) -> str:
    """A path from the root on; a URL as it is."""
    return path if "://" in path else os.path.abspath(path)
