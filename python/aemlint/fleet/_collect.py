"""The first job: each package becomes a bundle, by a child process of its own."""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any, Dict, List, Optional

from aemlint.fleet._child import run_child
from aemlint.fleet._options import for_collecting
from aemlint.fleet._unit import How, Unit, absolute, shown

Row = Dict[str, Any]


def collect_unit(unit: Unit, how: How) -> List[Row]:
    """The rows of the packages of a unit, one for each; of a directory of packages one for each package in it."""
    if not unit.paths:
        return [_failed("", "the row names no package", 0)]
    return [row for path in unit.paths for row in collect_path(path, how)]


def collect_path(path: str, how: How) -> List[Row]:
    """The rows of what is at a path. Whatever goes wrong is in them."""
    if not path:
        return [_failed("", "the row names no package", 0)]
    try:
        with tempfile.TemporaryDirectory(prefix="aemlint-") as directory:
            options = for_collecting(how.options, directory)
            bundles = ["-o", os.path.abspath(how.bundles)]
            command = [how.program, "collect", "--quiet", "--format", "json", *bundles, *options, "--", absolute(path)]
            ended = run_child(command, how.timeout, directory)
    except OSError as error:
        return [_failed(path, f"it cannot be collected: {error.strerror or error}", 0)]
    rows = [row for row in (_row(path, line) for line in ended.output.splitlines()) if row is not None]
    # One that was ended, or found nothing to do, may have done a part before.
    if ended.exit_code not in (0, 3) or not rows:
        rows.append(_failed(path, ended.error or "the program said nothing of it", ended.milliseconds))
    return rows


def _row(path: str, line: str) -> Optional[Row]:
    try:
        status = json.loads(line)
        counts = status["counts"] or {}
        plain = {name: status[name] for name in ("path", "sha256", "size", "status", "reason", "bundle", "milliseconds")}
    except (ValueError, KeyError, TypeError):
        # The last line of a child that was ended.
        return None
    return {"given": shown(path), **plain, **{name: counts.get(name) for name in ("files", "facts", "unread", "anomalies")}}


def _failed(path: str, reason: str, milliseconds: int) -> Row:
    nothing = dict.fromkeys(("sha256", "size", "bundle", "files", "facts", "unread", "anomalies"))
    named = {"given": shown(path), "path": shown(absolute(path)) if path else ""}
    return {**named, "status": "failed", "reason": reason, "milliseconds": milliseconds, **nothing}
