"""Tests of aemlint.fleet that need pyarrow: tables in and out, and Parquet. Without it they are left out."""

import pathlib
import tempfile
import unittest

try:
    import pyarrow
    import pyarrow.parquet
except ImportError as missing:
    raise unittest.SkipTest("pyarrow is not installed") from missing

from aemlint.fleet import arrow_schema, collect, collected_schema, scan, schema, tables, write
from packages import package, program


class TablesTest(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name).resolve()

    def test_a_table_in_gives_a_table(self) -> None:
        path = package(self.directory / "a.zip")
        table = scan(program=program(), facts=False)(pyarrow.table({"path": [path, path]}))
        self.assertEqual(table.num_rows, 2)
        self.assertEqual(table.schema, arrow_schema())
        self.assertEqual(table["facts"].to_pylist(), [[], []])
        nothing = pyarrow.table({"path": pyarrow.array([], pyarrow.string())})
        empty = scan(program=program())(nothing)
        self.assertEqual((empty.num_rows, empty.schema), (0, arrow_schema()))
        collected = collect(str(self.directory / "bundles"), program=program())(nothing)
        self.assertEqual((collected.num_rows, collected.schema), (0, arrow_schema(collected_schema)))

    def test_batches_in_give_batches(self) -> None:
        paths = [package(self.directory / "a.zip"), package(self.directory / "b.zip", with_finding=False)]
        batches = [pyarrow.RecordBatch.from_pylist([{"path": path}]) for path in paths]
        rows = [row for batch in scan(program=program())(iter(batches)) for row in batch.to_pylist()]
        self.assertEqual([row["status"] for row in rows], ["findings", "ok"])

    def test_tables_are_written_in_place_of_those_of_the_same_date(self) -> None:
        names = [{"path": package(self.directory / "a.zip", with_finding=False)}]
        rows = scan(program=program())(names)
        collected = collect(str(self.directory / "bundles"), program=program())(names)
        for _ in range(2):
            write(rows, str(self.directory / "out"), "2026-11-28")
            write(collected, str(self.directory / "out"), "2026-11-28")
        counts = {}
        for name in ("findings", "facts", "unread", "runs", "collected"):
            table = pyarrow.parquet.read_table(self.directory / "out" / name)
            self.assertEqual(table.column_names[:1], ["given" if name == "collected" else "deployment"])
            self.assertIn("run_date", table.column_names)
            counts[name] = table.num_rows
        self.assertEqual((counts["findings"], counts["unread"], counts["runs"], counts["collected"]), (0, 0, 1, 1))
        self.assertGreater(counts["facts"], 0)
        self.assertEqual(tables(rows, "2026-11-28")["runs"]["run_date"].to_pylist(), ["2026-11-28"])

    def test_the_ddl_names_all_columns(self) -> None:
        for ddl in (schema, collected_schema):
            for field in arrow_schema(ddl):
                self.assertIn(f"`{field.name}` ", ddl)


if __name__ == "__main__":
    unittest.main()
