"""Runs the example on Spark in local mode: the same findings as one process, a row for each failure, and a restart.

Needs pyspark, pyarrow, pandas<3 and a JDK; takes some minutes. Run as
``PYTHONPATH=python python -m unittest discover -s python/tests_spark``.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import pyarrow.parquet

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "python" / "tests"))

from aemlint.fleet import read_ledger  # noqa: E402
from packages import program, twenty  # noqa: E402

TABLES = ("findings", "facts", "unread", "runs")
DATE = "2026-11-28"


def rows(directory: pathlib.Path, name: str, without: tuple = ()) -> list:
    listed = pyarrow.parquet.read_table(directory / name).to_pylist()
    kept = [{key: value for key, value in row.items() if key not in without} for row in listed]
    return sorted(kept, key=lambda row: json.dumps(row, sort_keys=True, default=str))


class SparkTest(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name).resolve()
        self.paths = twenty(self.directory / "packages")

    def start(self, out: pathlib.Path, ledger: pathlib.Path, slow: bool = False) -> "subprocess.Popen[bytes]":
        run = program()
        if slow:
            # Takes a second for each package, so that there is a half to be killed at.
            run = str(self.directory / "slow")
            text = f'#!/bin/sh\nif [ "$1" = check ]; then sleep 1; fi\nexec {program()} "$@"\n'
            pathlib.Path(run).write_text(text)
            os.chmod(run, 0o755)
        script = str(REPOSITORY / "python" / "examples" / "spark_audit.py")
        command = [sys.executable, script, "--out", str(out), "--ledger", str(ledger), "--run-date", DATE]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "python"), "SPARK_LOCAL_IP": "127.0.0.1"}
        log = open(self.directory / "spark.log", "ab")
        self.addCleanup(log.close)
        command += ["--program", run, "--option=--max-time=60s", *self.paths]
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)

    def finish(self, job: "subprocess.Popen[bytes]") -> None:
        log = self.directory / "spark.log"
        self.assertEqual(job.wait(900), 0, log.read_text(errors="replace")[-5000:])

    def test_findings_failures_and_a_restart(self) -> None:
        out, ledger = self.directory / "out", self.directory / "ledger"
        self.finish(self.start(out, ledger))

        command = [program(), "check", "--no-config", "--root", str(self.directory / "packages" / "none"), "--format", "json"]
        os.mkdir(self.directory / "packages" / "none")
        # Each package by itself, in one process.
        ran = subprocess.run([*command, "--apart", "--max-time", "60s", *self.paths], capture_output=True, check=False)
        report = json.loads(ran.stdout)
        expected = sorted((f["location"]["file"], f["rule"], f["fingerprint"]) for f in report["findings"])
        found = rows(out, "findings")
        self.assertEqual(sorted((f["file"], f["rule"], f["fingerprint"]) for f in found), expected)
        self.assertGreater(len(found), 10)

        runs = {pathlib.Path(run["deployment"]).name: run for run in rows(out, "runs")}
        self.assertEqual(len(runs), 20)
        statuses = {name: runs[name]["status"] for name in ("missing.zip", "broken.zip", "bomb.zip", "p00.zip", "p01.zip")}
        expected = {"missing.zip": "failed", "broken.zip": "incomplete", "bomb.zip": "incomplete"}
        self.assertEqual(statuses, {**expected, "p00.zip": "ok", "p01.zip": "findings"})
        self.assertIn("does not exist", runs["missing.zip"]["error"])
        self.assertTrue(all(run["run_date"] is not None for run in runs.values()))

        # The same in the middle of which everything is killed.
        out_2, ledger_2 = self.directory / "out-2", self.directory / "ledger-2"
        job = self.start(out_2, ledger_2, slow=True)
        until = time.monotonic() + 600
        while sum(entry.done for entry in read_ledger(str(ledger_2))) < 8:
            self.assertIsNone(job.poll(), "it ended before it could be killed")
            self.assertLess(time.monotonic(), until)
            time.sleep(0.1)
        os.killpg(job.pid, signal.SIGKILL)
        job.wait()
        time.sleep(3)
        before = {entry.deployment: entry for entry in read_ledger(str(ledger_2))}
        done = {path for path, entry in before.items() if entry.done}
        self.assertTrue(8 <= len(done) < 19, len(done))
        self.finish(self.start(out_2, ledger_2, slow=True))
        after = {entry.deployment: entry for entry in read_ledger(str(ledger_2))}
        self.assertEqual({path for path in done if after[path].begun != 1}, set(), "what was finished was read again")
        self.assertEqual(sum(entry.done for entry in after.values()), 19)
        times = ("milliseconds",)
        for name in TABLES:
            self.assertEqual(rows(out_2, name, times), rows(out, name, times), name)
        print(f"killed with {len(done)} of 20 finished; begun twice: "
              f"{sum(entry.begun > 1 for entry in after.values())} that were running")


if __name__ == "__main__":
    unittest.main()
