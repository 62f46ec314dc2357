"""Tests of aemlint.fleet that need pyarrow alone. They run the program, and programs that misbehave."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import pyarrow
import pyarrow.parquet

from aemlint.fleet import arrow_schema, read_ledger, scan, schema, tables, write
from aemlint.fleet._options import for_reading, with_defaults
from aemlint.fleet._unit import shown
from packages import bomb, broken, package, program


class FleetTest(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name).resolve()

    def rows(self, names, **how):
        """The rows of packages, as Spark would get them: batch by batch."""
        batches = [pyarrow.RecordBatch.from_pylist([name]) for name in names]
        how.setdefault("program", program())
        return [row for batch in scan(**how)(iter(batches)) for row in batch.to_pylist()]

    def misbehaving(self, code: str) -> str:
        path = self.directory / "program"
        path.write_text(f"#!{sys.executable}\nimport os, signal, sys, time\n{code}\n")
        path.chmod(0o755)
        return str(path)

    def test_findings_and_facts_are_those_of_the_program(self) -> None:
        path = package(self.directory / "a.zip")
        [row] = self.rows([{"path": path}])
        command = [program(), "check", "--no-config", "--format", "json", path]
        report = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
        self.assertEqual(row["status"], "findings")
        self.assertEqual(row["exit_code"], 1)
        self.assertEqual([f["fingerprint"] for f in row["findings"]], [f["fingerprint"] for f in report["findings"]])
        first = row["findings"][0]
        self.assertEqual((first["package_path"], first["file"], first["package_name"]), (path, path, "a"))
        self.assertEqual(row["sha256"], [report["inputs"][0]["sha256"]])
        self.assertEqual(first["sha256"], row["sha256"][0])
        self.assertEqual(row["size"], (self.directory / "a.zip").stat().st_size)
        kinds = {json.loads(fact["json"])["kind"] for fact in row["facts"]}
        self.assertEqual(kinds, {fact["kind"] for fact in row["facts"]})
        self.assertIn("package", kinds)

    def test_a_deployment_is_judged_together(self) -> None:
        paths = [package(self.directory / "a.zip"), package(self.directory / "b.zip", with_finding=False)]
        [row] = self.rows([{"deployment": "site", "paths": paths}])
        self.assertEqual((row["deployment"], row["paths"]), ("site", paths))
        self.assertEqual(len(set(row["sha256"])), 2)
        self.assertEqual({fact["package_path"] for fact in row["facts"]}, set(paths))

    def test_every_failure_is_a_row(self) -> None:
        names = [
            {"path": package(self.directory / "ok.zip", with_finding=False)},
            {"path": str(self.directory / "missing.zip")},
            {"path": broken(self.directory / "broken.zip")},
            {"path": bomb(self.directory / "bomb.zip")},
            {"path": None},
        ]
        rows = self.rows(names, options=["--max-time", "60s"])
        self.assertEqual([row["status"] for row in rows], ["ok", "failed", "incomplete", "incomplete", "failed"])
        self.assertIn("does not exist", rows[1]["error"])
        self.assertTrue(rows[3]["unread"])
        self.assertEqual(rows[4]["error"], "the row names no package")

    def test_a_child_that_is_killed_hangs_or_says_nothing_is_a_row(self) -> None:
        path = package(self.directory / "a.zip")
        for code, error in [
            ("os.kill(os.getpid(), signal.SIGKILL)", "it was ended by SIGKILL"),
            ("time.sleep(60)", "it took longer than 1 s and was ended"),
            ("print('{')", "the program gave no report"),
            ("sys.exit('error: what is this?')", "error: what is this?"),
        ]:
            [row] = self.rows([{"path": path}], program=self.misbehaving(code), timeout=1)
            self.assertEqual((row["status"], row["error"]), ("failed", error))
        [row] = self.rows([{"path": path}], program=str(self.directory / "none"))
        self.assertEqual(row["status"], "failed")
        self.assertIn("cannot be started", row["error"])

    def test_what_is_finished_is_not_read_again(self) -> None:
        ledger = str(self.directory / "ledger")
        good, gone = package(self.directory / "a.zip"), str(self.directory / "gone.zip")
        names = [{"path": good}, {"path": gone}]
        first = self.rows(names, ledger=ledger)
        again = self.rows(names, ledger=ledger)
        self.assertEqual(first[0], again[0])
        begun = {entry.deployment: (entry.begun, entry.done) for entry in read_ledger(ledger)}
        self.assertEqual(begun, {good: (1, True), gone: (2, False)})
        # Another package at the path, and other options, are other units.
        package(self.directory / "a.zip", with_finding=False)
        [other] = self.rows([{"path": good}], ledger=ledger)
        self.assertEqual(other["status"], "ok")
        self.rows([{"path": good}], ledger=ledger, options=["--target", "cloud"])
        self.assertEqual(sum(entry.begun for entry in read_ledger(ledger) if entry.deployment == good), 3)

    def test_a_table_in_gives_a_table(self) -> None:
        path = package(self.directory / "a.zip")
        table = scan(program=program(), facts=False)(pyarrow.table({"path": [path, path]}))
        self.assertEqual(table.num_rows, 2)
        self.assertEqual(table.schema, arrow_schema())
        self.assertEqual(table["facts"].to_pylist(), [[], []])
        empty = scan(program=program())(pyarrow.table({"path": pyarrow.array([], pyarrow.string())}))
        self.assertEqual((empty.num_rows, empty.schema), (0, arrow_schema()))

    def test_tables_are_written_in_place_of_those_of_the_same_date(self) -> None:
        rows = self.rows([{"path": package(self.directory / "a.zip", with_finding=False)}])
        for _ in range(2):
            write(rows, str(self.directory / "out"), "2026-11-28")
        counts = {}
        for name in ("findings", "facts", "unread", "runs"):
            table = pyarrow.parquet.read_table(self.directory / "out" / name)
            self.assertEqual(table.column_names[:1], ["deployment"])
            self.assertIn("run_date", table.column_names)
            counts[name] = table.num_rows
        self.assertEqual((counts["findings"], counts["unread"], counts["runs"]), (0, 0, 1))
        self.assertGreater(counts["facts"], 0)
        self.assertEqual(tables(rows, "2026-11-28")["runs"]["run_date"].to_pylist(), ["2026-11-28"])

    def test_urls_are_shown_without_credentials(self) -> None:
        for url, expected in [
            ("https://user:secret@host:8443/a.zip?sig=secret#secret", "https://host:8443/a.zip"),
            ("abfss://c@a.dfs.core.windows.net/a.zip", "abfss://c@a.dfs.core.windows.net/a.zip"),
            ("abfss://c:secret@a.dfs.core.windows.net/a.zip", "abfss://c@a.dfs.core.windows.net/a.zip"),
            ("s3://bucket/a.zip", "s3://bucket/a.zip"),
            ("/a/b.zip", "/a/b.zip"),
        ]:
            self.assertEqual(shown(url), expected)
        [row] = self.rows([{"path": "https://u:secret@127.0.0.1:9/a.zip?secret"}], ledger=str(self.directory / "l"))
        self.assertEqual(row["status"], "failed")
        self.assertNotIn("secret", json.dumps(row) + json.dumps([e.paths for e in read_ledger(str(self.directory / "l"))]))

    def test_options_reach_the_children_that_know_them(self) -> None:
        options = ["--target", "cloud", "--select", "ims", "--max-time=60s", "--no-ignores", "--max-depth", "3"]
        self.assertEqual(for_reading(options), ["--target", "cloud", "--max-time=60s", "--max-depth", "3"])
        self.assertEqual(with_defaults(["--threads=2", "--config", "x"], "/d"), ["--threads=2", "--config", "x", "--root", "/d"])

    def test_importing_needs_nothing_else(self) -> None:
        code = "import sys, aemlint.fleet; print(sorted({'pandas', 'pyarrow', 'pyspark'} & set(sys.modules)))"
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        self.assertEqual(ran.stdout, "[]\n")

    def test_the_ddl_names_all_columns(self) -> None:
        for field in arrow_schema():
            self.assertIn(f"`{field.name}` ", schema)


if __name__ == "__main__":
    unittest.main()
