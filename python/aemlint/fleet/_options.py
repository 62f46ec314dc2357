"""Which options reach which child."""

from __future__ import annotations

from typing import List, Sequence

#: What of the options of ``check`` also says what ``facts`` reads: with a value, and without one.
_WITH_VALUE = ("--target", "--config", "--rules", "--exclude", "--threads", "--root")
_ALONE = ("--no-config", "--no-default-excludes", "--search-packed", "--no-prefilter", "--allow-empty", "--apart")


def for_reading(options: Sequence[str]) -> List[str]:
    """Those of the options of ``check`` that decide what is read."""
    chosen: List[str] = []
    rest = iter(options)
    for option in rest:
        name, has_value, _ = option.partition("=")
        if name in _ALONE:
            chosen.append(option)
        elif name in _WITH_VALUE or name.startswith("--max-"):
            chosen.append(option)
            if not has_value:
                chosen.extend(value for value in [next(rest, None)] if value is not None)
    return chosen


def with_defaults(options: Sequence[str], directory: str) -> List[str]:
    """The options, and what makes a child the same wherever it is started, as far as they do not say otherwise."""
    names = {option.partition("=")[0] for option in options}
    given = list(options)
    if not names & {"--config", "--no-config"}:
        given.append("--no-config")
    if "--root" not in names:
        # Paths outside of the root are shown as they were given.
        given += ["--root", directory]
    if "--threads" not in names:
        # There are as many children at one time as there are tasks.
        given += ["--threads", "1"]
    return given
