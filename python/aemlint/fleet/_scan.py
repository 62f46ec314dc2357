"""The function that frameworks run: from rows that name packages to rows that say what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence

from aemlint._program import find_program
from aemlint.fleet._child import run_child
from aemlint.fleet._ledger import Ledger
from aemlint.fleet._schema import arrow_schema
from aemlint.fleet._unit import How, Unit, failed, fingerprint, read_unit

if TYPE_CHECKING:
    import pyarrow


def scan(
    options: Sequence[str] = (),
    program: Optional[str] = None,
    *,
    ledger: Optional[str] = None,
    timeout: Optional[float] = None,
    facts: bool = True,
) -> "Callable[[Any], Any]":
    """A function for Spark's ``mapInArrow`` that audits the packages that rows name.

    Rows have ``path``, each a unit of its own, or ``deployment`` and ``paths``, judged together. The result has
    :data:`~aemlint.fleet.schema`: one row a unit, also for what failed. The same function takes one ``pyarrow.Table`` and
    gives one, for ``map_batches`` of Ray Data and ``map_partitions`` of Dask.

    Args:
        options: Given to ``aemlint check`` as they are, such as ``["--target", "cloud", "--max-time", "60s"]``. Unless they
            say otherwise no configuration file is looked for, and a child has one thread.
        program: The program; that of the wheel if None.
        ledger: A directory that all machines share. The row of a unit that is finished is kept there, and a job that is
            started again takes it from there as long as the packages are the same; failed units are tried again.
        timeout: Seconds that a child may take before it is ended. ``--max-time`` ends a child by itself and keeps what it
            found, so this should be larger.
        facts: Whether to list the facts, which takes a second child for each unit.
    """
    given = list(options)

    def scan_units(batches: Any) -> Any:
        import pyarrow

        if isinstance(batches, (pyarrow.Table, pyarrow.RecordBatch)):
            rows = list(_rows(batches.to_pylist(), program, given, ledger, timeout, facts))
            return pyarrow.Table.from_pylist(rows, schema=arrow_schema())
        return _each(batches, program, given, ledger, timeout, facts)

    return scan_units


def _each(batches: "Iterable[pyarrow.RecordBatch]", *how: Any) -> "Iterator[pyarrow.RecordBatch]":
    """A batch for each unit, as soon as it is read."""
    import pyarrow

    for batch in batches:
        for row in _rows(batch.to_pylist(), *how):
            yield pyarrow.RecordBatch.from_pylist([row], schema=arrow_schema())


def _rows(
    named: List[Dict[str, Any]],
    program: Optional[str],
    options: List[str],
    ledger: Optional[str],
    timeout: Optional[float],
    facts: bool,
) -> Iterator[Dict[str, Any]]:
    if not named:
        return
    # Where this runs, not where the job was planned.
    how = How(program or find_program(), options, timeout, facts)
    kept = Ledger(ledger) if ledger else None
    kind = [_version(how.program), *options, f"facts={facts}"] if kept else []
    for name in named:
        unit = _unit(name)
        try:
            yield _row(unit, how, kept, kind)
        except OSError as error:
            yield failed(unit, f"it cannot be read or noted: {error.strerror or error}")


def _unit(named: Dict[str, Any]) -> Unit:
    if "paths" in named:
        return Unit(str(named.get("deployment") or ""), list(named["paths"] or []))
    path = named.get("path")
    return Unit(path or "", [path] if path else [])


def _version(program: str) -> str:
    """What the program says of itself: another version can find something else."""
    return run_child([program, "--version"], 60, ".").output.strip()


def _row(unit: Unit, how: How, ledger: Optional[Ledger], kind: List[str]) -> Dict[str, Any]:
    if ledger is None:
        return read_unit(unit, how)
    key = ledger.key(unit.shown(), [fingerprint(path) for path in unit.paths], kind)
    row = ledger.done(key)
    if row is None:
        ledger.begin(key, unit.shown())
        row = read_unit(unit, how)
        if row["status"] != "failed":
            ledger.finish(key, unit.shown(), row)
    return row
