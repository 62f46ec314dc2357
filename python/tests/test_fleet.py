"""Tests of aemlint.fleet that need nothing but the standard library. They run the program, and programs that misbehave."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from aemlint.fleet import collect, collected_schema, judge, scan, schema
from aemlint.fleet._options import for_checking, for_collecting, for_facts
from aemlint.fleet._schema import COLLECTED, PARTS, RUN
from aemlint.fleet._unit import shown
from packages import bomb, broken, package, program


class FleetTest(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name).resolve()
        self.bundles = str(self.directory / "bundles")

    def misbehaving(self, code: str) -> str:
        path = self.directory / "program"
        path.write_text(f"#!{sys.executable}\nimport os, signal, subprocess, sys, time\n{code}\n")
        path.chmod(0o755)
        return str(path)

    def collected(self, names, **how):
        how.setdefault("program", program())
        return collect(self.bundles, **how)([{"path": name} for name in names])

    def judged(self, units, **how):
        how.setdefault("program", program())
        return judge(self.bundles, **how)(units)

    def stamps(self):
        """What changes of a bundle when it is written again."""
        files = [path for path in pathlib.Path(self.bundles).iterdir() if path.suffix == ".bundle"]
        return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}

    def test_findings_and_facts_are_those_of_the_program(self) -> None:
        path = package(self.directory / "a.zip")
        [row] = scan(program=program())([{"path": path}])
        command = [program(), "check", "--no-config", "--format", "json", path]
        report = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
        self.assertEqual((row["status"], row["exit_code"], row["error"]), ("findings", 1, None))
        self.assertEqual([f["fingerprint"] for f in row["findings"]], [f["fingerprint"] for f in report["findings"]])
        first = row["findings"][0]
        self.assertEqual((first["package_path"], first["file"], first["package_name"]), (path, path, "a"))
        self.assertEqual(row["sha256"], [report["inputs"][0]["sha256"]])
        self.assertEqual(first["sha256"], row["sha256"][0])
        self.assertEqual(row["size"], (self.directory / "a.zip").stat().st_size)
        ran = subprocess.run([program(), "facts", "--no-config", path], capture_output=True, text=True, check=False)
        self.assertEqual([fact["json"] for fact in row["facts"]], ran.stdout.splitlines())

    def test_each_package_is_read_once_and_judged_as_often_as_wanted(self) -> None:
        paths = [package(self.directory / "a.zip"), package(self.directory / "b.zip", with_finding=False)]
        first = self.collected(paths)
        self.assertEqual([(row["path"], row["status"], row["bundle"]) for row in first], [(path, "ok", "made") for path in paths])
        self.assertGreater(first[0]["facts"], 0)
        before = self.stamps()
        again = self.collected(paths)
        self.assertEqual([row["bundle"] for row in again], ["kept", "kept"])
        self.assertEqual(self.stamps(), before)
        # Judging needs no package.
        for path in paths:
            os.remove(path)
        rows = self.judged([{"path": path} for path in paths])
        self.assertEqual([row["status"] for row in rows], ["findings", "ok"])
        [ignored] = self.judged([{"path": paths[0]}], options=["--ignore", "ims", "--fail-on=error"])
        self.assertLess(len(ignored["findings"]), len(rows[0]["findings"]))
        self.assertEqual(self.stamps(), before)

    def test_a_deployment_is_judged_together(self) -> None:
        paths = [package(self.directory / "a.zip"), package(self.directory / "b.zip", with_finding=False)]
        unit = {"deployment": "site, prod", "paths": paths}
        collect(self.bundles, program=program())([unit])
        [row] = self.judged([unit])
        self.assertEqual((row["deployment"], row["paths"], row["status"]), ("site, prod", paths, "findings"))
        self.assertEqual(len(set(row["sha256"])), 2)
        self.assertEqual({fact["package_path"] for fact in row["facts"]}, set(paths))
        together = [program(), "check", "--no-config", "--format", "json", "--together", *paths]
        report = json.loads(subprocess.run(together, capture_output=True, check=False).stdout)
        self.assertEqual([f["fingerprint"] for f in row["findings"]], [f["fingerprint"] for f in report["findings"]])

    def test_every_failure_is_a_row(self) -> None:
        names = [
            {"path": package(self.directory / "ok.zip", with_finding=False)},
            {"path": str(self.directory / "missing.zip")},
            {"path": broken(self.directory / "broken.zip")},
            {"path": bomb(self.directory / "bomb.zip")},
            {"path": None},
        ]
        rows = scan(options=["--max-time", "60s"], program=program())(names)
        self.assertEqual([row["status"] for row in rows], ["ok", "failed", "incomplete", "incomplete", "failed"])
        self.assertIn("does not exist", rows[1]["error"])
        self.assertTrue(rows[3]["unread"])
        self.assertEqual(rows[4]["error"], "the row names no package")
        statuses = [(row["status"], row["bundle"]) for row in collect(self.bundles, program=program())(names)]
        self.assertEqual(statuses[:2], [("ok", "made"), ("failed", None)])
        self.assertEqual(statuses[2:], [("partial", "made"), ("partial", "made"), ("failed", None)])

    def test_a_deployment_that_lacks_a_package_is_incomplete(self) -> None:
        here, gone = package(self.directory / "a.zip", with_finding=False), str(self.directory / "gone.zip")
        unit = {"deployment": "site", "paths": [here, gone]}
        self.collected([here, gone])
        for row, reason in [
            (self.judged([unit])[0], "collect it first"),
            (scan(program=program(), bundles=self.bundles)([unit])[0], "it does not exist"),
        ]:
            self.assertEqual((row["status"], row["exit_code"]), ("incomplete", 3))
            self.assertEqual([entry["path"] for entry in row["unread"]], [gone])
            self.assertIn(reason, row["unread"][0]["reason"])
        [nothing] = self.judged([{"path": gone}])
        self.assertEqual(nothing["status"], "failed")

    def test_a_directory_of_packages_is_a_row_for_each(self) -> None:
        shelf = self.directory / "shelf"
        shelf.mkdir()
        paths = [package(shelf / "a.zip"), package(shelf / "b.zip", with_finding=False)]
        rows = self.collected([str(shelf)])
        self.assertEqual(sorted(row["path"] for row in rows), paths)
        self.assertEqual({row["given"] for row in rows}, {str(shelf)})
        [row] = scan(program=program())([{"path": str(shelf)}])
        self.assertEqual((row["status"], {finding["file"] for finding in row["findings"]}), ("findings", {paths[0]}))

    def test_a_child_that_is_killed_hangs_or_says_nothing_is_a_row(self) -> None:
        path = package(self.directory / "a.zip")
        self.collected([path])
        for code, error in [
            ("os.kill(os.getpid(), signal.SIGKILL)", "it was ended by SIGKILL"),
            ("time.sleep(60)", "it took longer than 1 s and was ended"),
            ("print('{')", "the program "),
            ("sys.exit('error: what is this?')", "error: what is this?"),
        ]:
            bad = self.misbehaving(code)
            for row in [*self.judged([{"path": path}], program=bad, timeout=1), *scan(program=bad, timeout=1)([{"path": path}])]:
                self.assertEqual(row["status"], "failed")
                self.assertIn(error, row["error"])
            [row] = self.collected([path], program=bad, timeout=1)
            self.assertEqual((row["status"], row["path"]), ("failed", path))
            self.assertIn(error, row["reason"])
        [row] = scan(program=str(self.directory / "none"))([{"path": path}])
        self.assertEqual(row["status"], "failed")
        self.assertIn("cannot be started", row["error"])

    def test_what_was_done_before_an_end_is_kept(self) -> None:
        shelf = self.directory / "shelf"
        shelf.mkdir()
        paths = [package(shelf / "a.zip"), package(shelf / "b.zip", with_finding=False)]
        whole = self.misbehaving(f"subprocess.run([{program()!r}, *sys.argv[1:]]); sys.stdout.flush(); time.sleep(60)")
        rows = self.collected([str(shelf)], program=whole, timeout=5)
        self.assertEqual([row["status"] for row in rows], ["ok", "ok", "failed"])
        self.assertEqual({row["bundle"] for row in self.collected(paths)}, {"kept"})

    def test_another_package_at_a_path_is_collected_again(self) -> None:
        path = package(self.directory / "a.zip")
        [first] = self.collected([path])
        package(self.directory / "a.zip", with_finding=False)
        [second] = self.collected([path])
        self.assertEqual(second["bundle"], "made")
        self.assertNotEqual(first["sha256"], second["sha256"])
        self.assertEqual(self.judged([{"path": path}])[0]["status"], "ok")

    def test_urls_are_shown_without_credentials(self) -> None:
        for url, expected in [
            ("https://user:secret@host:8443/a.zip?sig=secret#secret", "https://host:8443/a.zip"),
            ("abfss://c@a.dfs.core.windows.net/a.zip", "abfss://c@a.dfs.core.windows.net/a.zip"),
            ("abfss://c:secret@a.dfs.core.windows.net/a.zip", "abfss://c@a.dfs.core.windows.net/a.zip"),
            ("s3://bucket/a.zip", "s3://bucket/a.zip"),
            ("/a/b.zip", "/a/b.zip"),
        ]:
            self.assertEqual(shown(url), expected)
        names = [{"path": "https://u:secret@127.0.0.1:9/a.zip?secret"}]
        rows = [*scan(program=program())(names), *collect(self.bundles, program=program())(names)]
        self.assertEqual({row["status"] for row in rows}, {"failed"})
        self.assertNotIn("secret", json.dumps(rows))

    def test_options_reach_the_children_that_know_them(self) -> None:
        options = ["--target", "cloud", "--select", "ims", "--max-time=60s", "--nodes", "--no-ignores", "--max-depth", "3"]
        rest = ["--root", "/d", "--threads", "1"]
        self.assertEqual(for_collecting(options, "/d"), ["--max-time=60s", "--nodes", "--max-depth", "3", *rest])
        without = [option for option in options if option != "--nodes"]
        self.assertEqual(for_checking(options, "/d"), [*without, *rest, "--no-config"])
        read = ["--target", "cloud", "--max-time=60s", "--max-depth", "3"]
        self.assertEqual(for_facts(options, "/d"), [*read, *rest, "--no-config"])
        self.assertEqual(for_collecting(["--threads=2", "--root", "x"], "/d"), ["--threads=2", "--root", "x"])
        for function in (scan, lambda given: judge("x", given), lambda given: collect("x", given)):
            self.assertRaises(ValueError, function, ["--together"])

    def test_importing_needs_nothing_else(self) -> None:
        code = "import sys, aemlint.fleet; print(sorted({'pandas', 'pyarrow', 'pyspark'} & set(sys.modules)))"
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        self.assertEqual(ran.stdout, "[]\n")

    def test_the_ddl_names_all_columns(self) -> None:
        for name in [*(name for name, _ in RUN), *PARTS]:
            self.assertIn(f"`{name}` ", schema)
        self.assertEqual(collected_schema.count("`"), 2 * len(COLLECTED))


if __name__ == "__main__":
    unittest.main()
