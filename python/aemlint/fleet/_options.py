"""Which options reach which child."""

from __future__ import annotations

from typing import Iterator, List, Sequence

#: What decides how much of a package is read: with a value, and without one.
_READING_WITH_VALUE = ("--exclude", "--threads", "--root")
_READING = ("--no-default-excludes", "--search-packed", "--nodes")
#: What decides what facts become, beyond that.
_LINKING_WITH_VALUE = ("--target", "--config")
_LINKING = ("--no-config", "--allow-empty")
#: What rows say.
_OF_ROWS = ("--together", "--apart", "--from", "--deployments", "--files-from")


def check_options(options: Sequence[str]) -> List[str]:
    """The options, if rows leave it to them.

    Raises:
        ValueError: if one of them says what is judged together, which rows do.
    """
    for option in options:
        if option.partition("=")[0] in _OF_ROWS:
            raise ValueError(f"{option}: rows say which packages are judged, and which of them together")
    return list(options)


def _named(options: Sequence[str]) -> Iterator[List[str]]:
    """The options, each with its value, as far as that is known of it."""
    rest = iter(options)
    for option in rest:
        name, has_value, _ = option.partition("=")
        takes_value = name in (*_READING_WITH_VALUE, *_LINKING_WITH_VALUE) or name.startswith("--max-")
        value = [] if has_value or not takes_value else [value for value in [next(rest, None)] if value is not None]
        yield [option, *value]


def _is_reading(name: str) -> bool:
    return name in _READING or name in _READING_WITH_VALUE or name.startswith("--max-")


def for_collecting(options: Sequence[str], directory: str) -> List[str]:
    """Those of the options that ``collect`` takes. Paths outside of ``directory`` are shown as they were given."""
    chosen = [word for words in _named(options) if _is_reading(words[0].partition("=")[0]) for word in words]
    return _with_defaults(chosen, directory)


def for_checking(options: Sequence[str], directory: str) -> List[str]:
    """Those of the options that ``check`` takes. Unless they say otherwise no configuration file is looked for."""
    chosen = [word for words in _named(options) if words[0] != "--nodes" for word in words]
    return _with_config(_with_defaults(chosen, directory))


def for_facts(options: Sequence[str], directory: str) -> List[str]:
    """Those of the options that ``facts`` takes."""

    def is_taken(name: str) -> bool:
        return (_is_reading(name) and name != "--nodes") or name in _LINKING or name in _LINKING_WITH_VALUE

    chosen = [word for words in _named(options) if is_taken(words[0].partition("=")[0]) for word in words]
    return _with_config(_with_defaults(chosen, directory))


def _names(options: Sequence[str]) -> List[str]:
    return [option.partition("=")[0] for option in options]


def _with_config(options: List[str]) -> List[str]:
    names = _names(options)
    return options if "--config" in names or "--no-config" in names else [*options, "--no-config"]


def _with_defaults(options: List[str], directory: str) -> List[str]:
    names = _names(options)
    root = [] if "--root" in names else ["--root", directory]
    # There are as many children at one time as there are tasks.
    threads = [] if "--threads" in names else ["--threads", "1"]
    return [*options, *root, *threads]
