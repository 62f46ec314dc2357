"""Reads one unit, a package or the packages of a deployment, by child processes, and makes its row."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence
from urllib.parse import urlsplit, urlunsplit

from aemlint.fleet._child import Ended, run_child
from aemlint.fleet._options import for_reading, with_defaults

#: Schemes of URLs in which what stands before `@` names a container, and is no credential.
_CONTAINER_FIRST = ("abfs", "abfss")


@dataclass(frozen=True)
class Unit:
    """What is judged together."""

    deployment: str
    paths: List[str]

    def shown(self) -> Dict[str, Any]:
        """The unit as ledgers and rows have it."""
        return {"deployment": shown(self.deployment), "paths": [shown(path) for path in self.paths]}


@dataclass(frozen=True)
class How:
    """How units are read."""

    program: str
    options: List[str]
    #: Seconds that one child may take; None is without bounds.
    timeout: Optional[float]
    #: Whether the table of facts is wanted, for which the packages are read a second time.
    facts: bool


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


def fingerprint(path: str) -> Optional[List[int]]:
    """What tells a file from another one at its path; None for a URL, for a directory, and for what is not there."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return [status.st_size, status.st_mtime_ns] if os.path.isfile(path) else None


def read_unit(unit: Unit, how: How) -> Dict[str, Any]:
    """The row of a unit. Whatever goes wrong is in it."""
    if not unit.paths or not all(unit.paths):
        return failed(unit, "the row names no package")
    with tempfile.TemporaryDirectory(prefix="aemlint-") as directory:
        paths = [absolute(path) for path in unit.paths]
        together = ["--together"] if len(paths) > 1 else []
        options = [*with_defaults(how.options, directory), *together]
        command = [how.program, "check", "--format", "json", *options, "--", *paths]
        checked = run_child(command, how.timeout, directory)
        report = _json(checked)
        if report is None:
            return failed(unit, checked.error or "the program gave no report", checked)
        row = _row(unit, checked, report)
        if how.facts and row["status"] != "failed":
            options = [*for_reading(with_defaults(how.options, directory)), *together]
            listed = run_child([how.program, "facts", *options, "--", *paths], how.timeout, directory)
            row["milliseconds"] += listed.milliseconds
            if listed.exit_code not in (0, 3):
                row["error"] = f"there are no facts: {listed.error or 'the program gave none'}"
            else:
                digests = {entry["path"]: entry["sha256"] for entry in report["inputs"]}
                row["facts"] = [_fact(line, unit, digests) for line in listed.output.splitlines() if line]
        return row


def failed(unit: Unit, error: str, ended: Optional[Ended] = None) -> Dict[str, Any]:
    """The row of a unit of which nothing was judged."""
    return {
        **unit.shown(),
        "sha256": [None] * len(unit.paths),
        "size": None,
        "exit_code": ended.exit_code if ended else None,
        "status": "failed",
        "error": error,
        "milliseconds": ended.milliseconds if ended else 0,
        "tool_version": None,
        "findings": [],
        "facts": [],
        "unread": [],
    }


def _json(ended: Ended) -> Optional[Dict[str, Any]]:
    if ended.exit_code not in (0, 1, 3):
        return None
    try:
        return json.loads(ended.output)
    except ValueError:
        return None


def _row(unit: Unit, ended: Ended, report: Dict[str, Any]) -> Dict[str, Any]:
    inputs = {entry["path"]: entry for entry in report["inputs"]}
    digests = {path: entry["sha256"] for path, entry in inputs.items()}
    unread = [_unread(entry, unit, digests) for entry in report["unread"]]
    was_read = any(entry["size"] is not None for entry in inputs.values())
    status = {0: "ok", 1: "findings"}.get(ended.exit_code or 0, "incomplete")
    error = None
    if ended.exit_code == 3 and not was_read:
        status = "failed"
        error = "; ".join(f"{entry['path']}: {entry['reason']}" for entry in unread) or ended.error
    left_out = report["summary"].get("left_out")
    if left_out:
        error = f"the report is too large, so that this is left out of it: {json.dumps(left_out)}"
    own = [inputs.get(shown(absolute(path)), {}) for path in unit.paths]
    sizes = [entry["size"] for entry in inputs.values() if entry["size"] is not None]
    return {
        **unit.shown(),
        "sha256": [entry.get("sha256") for entry in own],
        "size": sum(sizes) if sizes else None,
        "exit_code": ended.exit_code,
        "status": status,
        "error": error,
        "milliseconds": ended.milliseconds,
        "tool_version": report["tool"]["version"],
        "findings": [_finding(entry, unit, digests) for entry in report["findings"]],
        "facts": [],
        "unread": unread,
    }


def _package(file: str, unit: Unit, digests: Dict[str, Optional[str]]) -> Dict[str, Optional[str]]:
    """The path of a unit that led to a file, and the digest of what lies there."""
    for path in unit.paths:
        whole = shown(absolute(path))
        if file == whole or file.startswith(whole.rstrip("/") + "/"):
            return {"package_path": shown(path), "sha256": digests.get(file) or digests.get(whole)}
    return {"package_path": None, "sha256": digests.get(file)}


def _finding(entry: Dict[str, Any], unit: Unit, digests: Dict[str, Optional[str]]) -> Dict[str, Any]:
    location, package = entry["location"], entry.get("package") or {}
    plain = ("rule", "family", "level", "confidence", "title", "message", "property", "instances", "fingerprint")
    return {
        **_package(location["file"], unit, digests),
        **{f"package_{name}": package.get(name) for name in ("group", "name", "version")},
        **{name: entry.get(name) for name in plain},
        **{name: location.get(name) for name in ("file", "inside", "line", "column", "node")},
    }


def _fact(line: str, unit: Unit, digests: Dict[str, Optional[str]]) -> Dict[str, Any]:
    fact = json.loads(line)
    return {
        **_package(fact["at"]["file"], unit, digests),
        **{name: fact.get(name) for name in ("kind", "path", "run_modes", "installed")},
        **{name: fact["at"].get(name) for name in ("file", "inside", "line")},
        "json": line,
    }


def _unread(entry: Dict[str, Any], unit: Unit, digests: Dict[str, Optional[str]]) -> Dict[str, Any]:
    location = entry["location"]
    return {**_package(location["file"], unit, digests), "path": location["path"], "reason": entry["reason"]}
