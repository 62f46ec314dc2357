"""Runs the example on Spark in local mode: the same findings as one process, a row for each failure, and a restart.

Needs pyspark, pyarrow, pandas<3 and a JDK; takes some minutes. Run as
``PYTHONPATH=python python -m unittest discover -s python/tests_spark``.
"""

import csv
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

from packages import program, twenty  # noqa: E402

TABLES = ("findings", "facts", "unread", "runs")
DATE = "2026-11-28"


def rows(directory: pathlib.Path, name: str, without: tuple = ()) -> list:
    listed = pyarrow.parquet.read_table(directory / name).to_pylist()
    kept = [{key: value for key, value in row.items() if key not in without} for row in listed]
    return sorted(kept, key=lambda row: json.dumps(row, sort_keys=True, default=str))


def stamps(out: pathlib.Path) -> dict:
    """What changes of a bundle when it is written again."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (out / "bundles").glob("*.bundle")}


class SparkTest(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name).resolve()
        self.paths = twenty(self.directory / "packages")

    def start(self, out: pathlib.Path, *further: str, slow: bool = False) -> "subprocess.Popen[bytes]":
        run = program()
        if slow:
            # Takes a second for each package, so that there is a half to be killed at.
            run = str(self.directory / "slow")
            text = f'#!/bin/sh\nif [ "$1" = collect ]; then sleep 1; fi\nexec {program()} "$@"\n'
            pathlib.Path(run).write_text(text)
            os.chmod(run, 0o755)
        script = str(REPOSITORY / "python" / "examples" / "spark_audit.py")
        command = [sys.executable, script, "--out", str(out), "--run-date", DATE]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "python"), "SPARK_LOCAL_IP": "127.0.0.1"}
        log = open(self.directory / "spark.log", "ab")
        self.addCleanup(log.close)
        command += ["--program", run, "--option=--max-time=60s", *(further or self.paths)]
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)

    def finish(self, job: "subprocess.Popen[bytes]") -> None:
        log = self.directory / "spark.log"
        self.assertEqual(job.wait(900), 0, log.read_text(errors="replace")[-5000:])

    def check(self, *arguments: str) -> list:
        """What one process finds."""
        nowhere = self.directory / "nowhere"
        nowhere.mkdir(exist_ok=True)
        command = [program(), "check", "--no-config", "--root", str(nowhere), "--format", "json", "--max-time", "60s"]
        report = json.loads(subprocess.run([*command, *arguments], capture_output=True, check=False).stdout)
        return sorted((f["location"]["file"], f["rule"], f["fingerprint"]) for f in report["findings"])

    def found(self, out: pathlib.Path) -> list:
        return sorted((f["file"], f["rule"], f["fingerprint"]) for f in rows(out, "findings"))

    def test_findings_failures_and_a_restart(self) -> None:
        out = self.directory / "out"
        self.finish(self.start(out))
        # Each package by itself. That one is missing is said by its run, not by a finding.
        paths = [path for path in self.paths if not path.endswith("missing.zip")]
        self.assertEqual(self.found(out), self.check("--apart", *paths))
        self.assertGreater(len(self.found(out)), 10)

        runs = {pathlib.Path(run["deployment"]).name: run for run in rows(out, "runs")}
        self.assertEqual(len(runs), 20)
        statuses = {name: runs[name]["status"] for name in ("missing.zip", "broken.zip", "bomb.zip", "p00.zip", "p01.zip")}
        expected = {"missing.zip": "failed", "broken.zip": "incomplete", "bomb.zip": "incomplete"}
        self.assertEqual(statuses, {**expected, "p00.zip": "ok", "p01.zip": "findings"})
        self.assertIn("there is no bundle of it", runs["missing.zip"]["error"])
        collected = {pathlib.Path(row["path"]).name: row for row in rows(out, "collected")}
        self.assertEqual(len(collected), 20)
        missing = collected["missing.zip"]
        self.assertEqual((missing["status"], missing["reason"]), ("failed", "it does not exist"))

        # The same in the middle of which everything is killed.
        out_2 = self.directory / "out-2"
        job = self.start(out_2, slow=True)
        until = time.monotonic() + 600
        while len(stamps(out_2)) < 8:
            self.assertIsNone(job.poll(), "it ended before it could be killed")
            self.assertLess(time.monotonic(), until)
            time.sleep(0.1)
        os.killpg(job.pid, signal.SIGKILL)
        job.wait()
        # Children of their own sessions may still finish what they began.
        time.sleep(3)
        before = stamps(out_2)
        self.assertTrue(8 <= len(before) < 19, len(before))
        self.finish(self.start(out_2, slow=True))
        after = stamps(out_2)
        self.assertEqual({name: after[name] for name in before}, before, "what was collected was read again")
        kept = [row["path"] for row in rows(out_2, "collected") if row["bundle"] == "kept"]
        self.assertGreaterEqual(len(kept), len(before))
        times = ("milliseconds", "bundle")
        for name in (*TABLES, "collected"):
            self.assertEqual(rows(out_2, name, times), rows(out, name, times), name)
        print(f"killed with {len(before)} of 19 collected; kept: {len(kept)}, made after that: {len(after) - len(before)}")

        # Again by other deployments: no package is read.
        map_file = self.directory / "map.csv"
        deployments = [("a", paths[:9]), ("b", paths[9:])]
        with open(map_file, "w", newline="") as file:
            lines = [(name, path) for name, packages in deployments for path in packages]
            csv.writer(file).writerows([("deployment", "path"), *lines])
        self.finish(self.start(out_2, "--deployments", str(map_file)))
        self.assertEqual(stamps(out_2), after)
        expected = sorted(finding for _, packages in deployments for finding in self.check("--together", *packages))
        self.assertEqual(self.found(out_2), expected)
        self.assertEqual([run["deployment"] for run in rows(out_2, "runs")], ["a", "b"])


if __name__ == "__main__":
    unittest.main()
