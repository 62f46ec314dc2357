"""Rows as tables: ``findings``, ``facts``, ``unread`` and ``runs``, or ``collected``; and these as Parquet."""

from __future__ import annotations

import datetime
import os
import pathlib
import uuid
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Optional, Sequence, Union

from aemlint.fleet._schema import COLLECTED, PARTS, RUN, arrow_fields, table_fields

if TYPE_CHECKING:
    import pyarrow

#: The tables of the rows of :func:`judge` and :func:`scan`.
NAMES = [*PARTS, "runs"]


def _is_collected(columns: Sequence[str]) -> bool:
    """Whether rows are those of :func:`collect`."""
    return "bundle" in columns


def tables(
    rows: "Union[pyarrow.Table, Iterable[Dict[str, Any]]]", run_date: Optional[str] = None
) -> "Dict[str, pyarrow.Table]":
    """The tables of rows, by name. Each has ``run_date`` (today in UTC if None) in front.

    Args:
        rows: What :func:`aemlint.fleet.collect`, ``judge`` or ``scan`` gave, as a table or as dictionaries.
    """
    import pyarrow

    date = run_date or today()
    is_table = isinstance(rows, pyarrow.Table)
    listed = rows.to_pylist() if is_table else list(rows)
    columns = rows.column_names if is_table else listed[0] if listed else []
    found: Dict[str, List[Dict[str, Any]]] = {}
    if _is_collected(list(columns)):
        found["collected"] = [{"run_date": date, **row} for row in listed]
    else:
        found = {name: [] for name in NAMES}
        for row in listed:
            found["runs"].append({"run_date": date, **{name: row[name] for name, _ in RUN}})
            for name in PARTS:
                first = {"run_date": date, "deployment": row["deployment"]}
                found[name].extend({**first, **part} for part in row[name] or [])
    schemas = {name: pyarrow.schema(arrow_fields(table_fields(name))) for name in found}
    return {name: pyarrow.Table.from_pylist(entries, schema=schemas[name]) for name, entries in found.items()}


def write(rows: Any, out: str, run_date: Optional[str] = None) -> None:
    """Writes rows as Parquet to ``out/<table>/run_date=<date>/``, in place of what was written for that date.

    Rows of ``judge`` and ``scan`` become the tables ``findings``, ``facts``, ``unread`` and ``runs``, rows of ``collect`` the
    table ``collected``. A table without rows has a file, too. Readers take ``run_date`` from the path.

    Args:
        rows: A DataFrame of Spark, a ``pyarrow.Table``, or dictionaries; of Spark ``out`` may be any of its URLs.
        run_date: As ``2026-11-28``; today in UTC if None.
    """
    date = run_date or today()
    if hasattr(rows, "sparkSession"):
        _write_from_spark(rows, out, date)
    else:
        _write_from_arrow(rows, out, date)


def today() -> str:
    """The date in UTC."""
    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()


def _write_from_arrow(rows: Any, out: str, date: str) -> None:
    import pyarrow.parquet

    for name, table in tables(rows, date).items():
        directory = pathlib.Path(out) / name / f"run_date={date}"
        directory.mkdir(parents=True, exist_ok=True)
        unfinished = directory / f".part-{uuid.uuid4().hex}"
        pyarrow.parquet.write_table(table.drop_columns(["run_date"]), unfinished)
        os.replace(unfinished, directory / "part-0.parquet")


def _write_from_spark(rows: Any, out: str, date: str) -> None:
    from pyspark import StorageLevel
    from pyspark.sql import functions

    # Written by their paths, not by `partitionBy`, which writes no file of a table without rows.
    if _is_collected(rows.columns):
        rows.select(*[name for name, _ in COLLECTED]).write.mode("overwrite").parquet(f"{out}/collected/run_date={date}")
        return
    # Four tables are made of the rows: without this each would judge them again.
    kept = rows.persist(StorageLevel.MEMORY_AND_DISK)
    try:
        runs = kept.select(*[name for name, _ in RUN])
        runs.write.mode("overwrite").parquet(f"{out}/runs/run_date={date}")
        for name in PARTS:
            part = functions.explode(name).alias("part")
            exploded = kept.select("deployment", part).select("deployment", "part.*")
            exploded.write.mode("overwrite").parquet(f"{out}/{name}/run_date={date}")
    finally:
        kept.unpersist()
