"""The functions that frameworks run: from rows that name packages to rows that say what became of them."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence

from aemlint._program import find_program
from aemlint.fleet._collect import collect_unit
from aemlint.fleet._judge import failed, judge_unit
from aemlint.fleet._options import check_options
from aemlint.fleet._schema import arrow_schema, collected_schema, schema
from aemlint.fleet._unit import How, Unit

if TYPE_CHECKING:
    import pyarrow

Row = Dict[str, Any]


def collect(
    bundles: str, options: Sequence[str] = (), program: Optional[str] = None, *, timeout: Optional[float] = None
) -> "Callable[[Any], Any]":
    """A function for Spark's ``mapInArrow`` that reads the packages that rows name, each once, and keeps bundles of them.

    Rows have ``path``, or ``paths``. The result has :data:`~aemlint.fleet.collected_schema`: one row a package, also for what
    failed. A package whose bundle is there is not read again, so that a job that was killed goes on where it stopped. The
    same function takes one ``pyarrow.Table`` and gives one, for ``map_batches`` of Ray Data and ``map_partitions`` of Dask; or
    a list of dictionaries.

    Args:
        bundles: A directory that all machines share.
        options: Options of ``aemlint collect``, such as ``["--max-time", "60s"]``; others are left out, so that the same list
            can be given to :func:`judge`. Unless they say otherwise a child has one thread.
        program: The program; that of the wheel if None.
        timeout: Seconds that the child for a package may take before it is ended. ``--max-time`` ends a child by itself and
            keeps what it found, so this should be larger.
    """
    given = check_options(options)

    def rows(units: List[Row]) -> Iterator[Row]:
        if units:
            # Where this runs, not where the job was planned.
            how = How(program or find_program(), given, bundles, timeout)
            for unit in units:
                yield from collect_unit(Unit.of(unit), how)

    return _over(rows, collected_schema)


def judge(
    bundles: str,
    options: Sequence[str] = (),
    program: Optional[str] = None,
    *,
    timeout: Optional[float] = None,
    facts: bool = True,
) -> "Callable[[Any], Any]":
    """A function for ``mapInArrow`` that judges what :func:`collect` kept: no package is read.

    Rows have ``path``, each a deployment of its own, or ``deployment`` and ``paths``, judged together. The result has
    :data:`~aemlint.fleet.schema`: one row a deployment, also for what failed. It takes tables and lists as :func:`collect` does.

    Args:
        bundles: The directory that :func:`collect` wrote to.
        options: Options of ``aemlint check``, such as ``["--target", "cloud"]``. Unless they say otherwise no configuration
            file is looked for, and a child has one thread.
        program: The program; that of the wheel if None.
        timeout: Seconds that a child may take before it is ended.
        facts: Whether to list the facts, which takes a second child for each deployment.
    """
    given = check_options(options)

    def rows(units: List[Row]) -> Iterator[Row]:
        if units:
            how = How(program or find_program(), given, bundles, timeout, facts)
            for unit in units:
                yield _judged(Unit.of(unit), how, None)

    return _over(rows, schema)


def scan(
    options: Sequence[str] = (),
    program: Optional[str] = None,
    *,
    bundles: Optional[str] = None,
    timeout: Optional[float] = None,
    facts: bool = True,
) -> "Callable[[Any], Any]":
    """A function for ``mapInArrow`` that collects and judges in one go: :func:`collect`, then :func:`judge`, for each row.

    Args:
        options: Options of ``aemlint check``; those that say how much of a package is read are given to ``aemlint collect``.
        program: The program; that of the wheel if None.
        bundles: A directory that all machines share, where bundles are kept; if None they are forgotten.
        timeout: Seconds that a child may take before it is ended.
        facts: Whether to list the facts, which takes a further child for each row.
    """
    given = check_options(options)

    def rows(units: List[Row]) -> Iterator[Row]:
        if not units:
            return
        found = program or find_program()
        for unit in map(Unit.of, units):
            if bundles is not None:
                yield _scanned(unit, How(found, given, bundles, timeout, facts))
            else:
                with tempfile.TemporaryDirectory(prefix="aemlint-") as directory:
                    yield _scanned(unit, How(found, given, directory, timeout, facts))

    return _over(rows, schema)


def _scanned(unit: Unit, how: How) -> Row:
    collected = collect_unit(unit, how)
    row = _judged(unit, how, collected)
    row["milliseconds"] += sum(one["milliseconds"] for one in collected)
    return row


def _judged(unit: Unit, how: How, collected: Optional[List[Row]]) -> Row:
    try:
        return judge_unit(unit, how, collected)
    except OSError as error:
        return failed(unit, f"it cannot be judged: {error.strerror or error}")


def _over(rows: Callable[[List[Row]], Iterable[Row]], ddl: str) -> "Callable[[Any], Any]":
    """The function over lists, over a table, and over the batches that ``mapInArrow`` has."""

    def run(given: Any) -> Any:
        if isinstance(given, list):
            return list(rows(given))
        import pyarrow

        if isinstance(given, (pyarrow.Table, pyarrow.RecordBatch)):
            return pyarrow.Table.from_pylist(list(rows(given.to_pylist())), schema=arrow_schema(ddl))
        return each(given)

    def each(batches: "Iterable[pyarrow.RecordBatch]") -> "Iterator[pyarrow.RecordBatch]":
        import pyarrow

        # A batch for each row, as soon as it is there.
        for batch in batches:
            for row in rows(batch.to_pylist()):
                yield pyarrow.RecordBatch.from_pylist([row], schema=arrow_schema(ddl))

    return run
