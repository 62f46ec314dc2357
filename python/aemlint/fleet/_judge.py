"""The second job: judges the bundles of a unit by a child process, and makes its row."""

from __future__ import annotations

import csv
import json
import os
import tempfile
from typing import Any, Dict, List, Optional, Tuple

from aemlint.fleet._bundles import digest_at
from aemlint.fleet._child import Ended, run_child
from aemlint.fleet._options import for_checking, for_facts
from aemlint.fleet._unit import How, Unit, absolute, shown

Row = Dict[str, Any]
Unread = Dict[str, Optional[str]]
#: Why there is nothing to judge of a path.
_NOT_COLLECTED = "there is no bundle of it: collect it first"


def judge_unit(unit: Unit, how: How, collected: Optional[List[Row]] = None) -> Row:
    """The row of a unit whose packages were collected. Whatever goes wrong is in it.

    Args:
        collected: The rows of collecting, if they are known: they say why there is no bundle of a package, and which packages
            lie in a directory.
    """
    if not unit.paths or not all(unit.paths):
        return failed(unit, "the row names no package")
    packages, missing = _packages(unit, how.bundles, collected or [])
    if not packages:
        return failed(unit, "; ".join(f"{entry['path']}: {entry['reason']}" for entry in missing))
    with tempfile.TemporaryDirectory(prefix="aemlint-") as directory:
        map_file = os.path.join(directory, "map.csv")
        with open(map_file, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            name = shown(unit.deployment).strip() or "-"
            csv.writer(file).writerows([("deployment", "path"), *((name, package) for package in packages)])
        bundles = ["--quiet", "--from", os.path.abspath(how.bundles), "--deployments", map_file]
        command = [how.program, "check", "--format", "json", *bundles, *for_checking(how.options, directory)]
        checked = run_child(command, how.timeout, directory)
        report = _report(checked)
        if report is None:
            return failed(unit, checked.error or "the program gave no report", checked)
        row = _row(unit, checked, report, missing)
        if how.facts:
            command = [how.program, "facts", *bundles, *for_facts(how.options, directory)]
            listed = run_child(command, how.timeout, directory)
            row["milliseconds"] += listed.milliseconds
            if listed.exit_code not in (0, 3):
                row["error"] = f"there are no facts: {listed.error or 'the program gave none'}"
            else:
                digests = {entry["path"]: entry["sha256"] for entry in report["inputs"]}
                row["facts"] = [_fact(line, unit, digests) for line in listed.output.splitlines() if line]
    return row


def _packages(unit: Unit, bundles: str, collected: List[Row]) -> Tuple[List[str], List[Unread]]:
    """The paths of the packages that have a bundle, and of those that have none why."""
    packages: List[str] = []
    missing: List[Unread] = []
    for path in unit.paths:
        name = shown(absolute(path))
        rows = [row for row in collected if row["given"] == shown(path)]
        # Of a directory of packages each has its own.
        found = [own for own in dict.fromkeys([name, *(row["path"] for row in rows)]) if digest_at(bundles, own)]
        packages.extend(own for own in found if own not in packages)
        reasons = [(row["path"], row["reason"]) for row in rows if row["status"] == "failed"]
        if not found and not reasons:
            reasons = [(name, _NOT_COLLECTED)]
        for own, reason in reasons:
            missing.append({"package_path": shown(path), "sha256": None, "path": own, "reason": reason})
    return packages, missing


def failed(unit: Unit, error: str, ended: Optional[Ended] = None) -> Row:
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


def _report(ended: Ended) -> Optional[Dict[str, Any]]:
    if ended.exit_code not in (0, 1, 3):
        return None
    try:
        return json.loads(ended.output)
    except ValueError:
        return None


def _row(unit: Unit, ended: Ended, report: Dict[str, Any], missing: List[Unread]) -> Row:
    inputs = {entry["path"]: entry for entry in report["inputs"]}
    digests = {path: entry["sha256"] for path, entry in inputs.items()}
    unread = [*missing, *(_unread(entry, unit, digests) for entry in report["unread"])]
    # Of a deployment that lacks a package nobody can say that it is in order.
    exit_code = 3 if missing else ended.exit_code
    left_out = report["summary"].get("left_out")
    too_large = f"the report is too large, so that this is left out of it: {json.dumps(left_out)}" if left_out else None
    sizes = [entry["size"] for entry in inputs.values() if entry["size"] is not None]
    return {
        **unit.shown(),
        "sha256": [digests.get(shown(absolute(path))) for path in unit.paths],
        "size": sum(sizes) if sizes else None,
        "exit_code": exit_code,
        "status": {0: "ok", 1: "findings"}.get(exit_code or 0, "incomplete"),
        "error": too_large,
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


def _finding(entry: Dict[str, Any], unit: Unit, digests: Dict[str, Optional[str]]) -> Row:
    location, package = entry["location"], entry.get("package") or {}
    plain = ("rule", "family", "level", "confidence", "title", "message", "property", "instances", "fingerprint")
    return {
        **_package(location["file"], unit, digests),
        **{f"package_{name}": package.get(name) for name in ("group", "name", "version")},
        **{name: entry.get(name) for name in plain},
        **{name: location.get(name) for name in ("file", "inside", "line", "column", "node")},
    }


def _fact(line: str, unit: Unit, digests: Dict[str, Optional[str]]) -> Row:
    fact = json.loads(line)
    return {
        **_package(fact["at"]["file"], unit, digests),
        **{name: fact.get(name) for name in ("kind", "path", "run_modes", "installed")},
        **{name: fact["at"].get(name) for name in ("file", "inside", "line")},
        "json": line,
    }


def _unread(entry: Dict[str, Any], unit: Unit, digests: Dict[str, Optional[str]]) -> Unread:
    location = entry["location"]
    return {**_package(location["file"], unit, digests), "path": location["path"], "reason": entry["reason"]}
