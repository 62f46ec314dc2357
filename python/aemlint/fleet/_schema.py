"""The columns of rows and tables, in one place: as DDL for Spark and as schemas of Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, Tuple

if TYPE_CHECKING:
    import pyarrow

TEXT, WHOLE, LONG, TRUTH, TEXTS = "STRING", "INT", "BIGINT", "BOOLEAN", "ARRAY<STRING>"

Fields = List[Tuple[str, str]]

FINDING: Fields = [
    ("package_path", TEXT),
    ("sha256", TEXT),
    ("package_group", TEXT),
    ("package_name", TEXT),
    ("package_version", TEXT),
    ("rule", TEXT),
    ("family", TEXT),
    ("level", TEXT),
    ("confidence", TEXT),
    ("title", TEXT),
    ("message", TEXT),
    ("property", TEXT),
    ("file", TEXT),
    ("inside", TEXTS),
    ("line", WHOLE),
    ("column", WHOLE),
    ("node", TEXT),
    ("instances", TEXTS),
    ("fingerprint", TEXT),
]
FACT: Fields = [
    ("package_path", TEXT),
    ("sha256", TEXT),
    ("kind", TEXT),
    ("path", TEXT),
    ("run_modes", TEXTS),
    ("installed", TRUTH),
    ("file", TEXT),
    ("inside", TEXTS),
    ("line", WHOLE),
    ("json", TEXT),
]
UNREAD: Fields = [("package_path", TEXT), ("sha256", TEXT), ("path", TEXT), ("reason", TEXT)]
RUN: Fields = [
    ("deployment", TEXT),
    ("paths", TEXTS),
    ("sha256", TEXTS),
    ("size", LONG),
    ("exit_code", WHOLE),
    ("status", TEXT),
    ("error", TEXT),
    ("milliseconds", LONG),
    ("tool_version", TEXT),
]
COLLECTED: Fields = [
    ("given", TEXT),
    ("path", TEXT),
    ("sha256", TEXT),
    ("size", LONG),
    ("status", TEXT),
    ("reason", TEXT),
    ("bundle", TEXT),
    ("files", LONG),
    ("facts", LONG),
    ("unread", LONG),
    ("anomalies", LONG),
    ("milliseconds", LONG),
]

#: The tables that a row of a judgement holds as lists, by their names.
PARTS: Dict[str, Fields] = {"findings": FINDING, "facts": FACT, "unread": UNREAD}


def _ddl(fields: Fields, separator: str) -> str:
    return ", ".join(f"`{name}`{separator}{kind}" for name, kind in fields)


#: The schema of the rows that :func:`judge` and :func:`scan` give, as ``mapInArrow`` takes it.
schema: str = ", ".join(
    [_ddl(RUN, " "), *(f"`{name}` ARRAY<STRUCT<{_ddl(fields, ': ')}>>" for name, fields in PARTS.items())]
)

#: The schema of the rows that :func:`collect` gives.
collected_schema: str = _ddl(COLLECTED, " ")


def _arrow_type(kind: str) -> "pyarrow.DataType":
    import pyarrow

    scalars = {TEXT: pyarrow.string(), WHOLE: pyarrow.int32(), LONG: pyarrow.int64(), TRUTH: pyarrow.bool_()}
    return pyarrow.list_(pyarrow.string()) if kind == TEXTS else scalars[kind]


def arrow_fields(fields: Fields) -> "List[pyarrow.Field]":
    """The fields as Arrow has them."""
    import pyarrow

    return [pyarrow.field(name, _arrow_type(kind)) for name, kind in fields]


def arrow_schema(ddl: str = schema) -> "pyarrow.Schema":
    """One of the two schemas as Arrow has it."""
    import pyarrow

    if ddl == collected_schema:
        return pyarrow.schema(arrow_fields(COLLECTED))
    lists = [pyarrow.field(name, pyarrow.list_(pyarrow.struct(arrow_fields(part)))) for name, part in PARTS.items()]
    return pyarrow.schema(arrow_fields(RUN) + lists)


def table_fields(name: str) -> Fields:
    """The columns of one of the tables that :func:`write` writes."""
    whole = {"runs": RUN, "collected": COLLECTED}
    return [("run_date", TEXT), *(whole.get(name) or [("deployment", TEXT), *PARTS[name]])]
