"""Measures what collecting and judging packages cost: time, processor time, peak memory, and the size of bundles.

    python3 benches/fleet/measure.py target/release/aemlint /tmp/packages 1000 2000 5000 10000

Takes so many of the packages that make_packages.py made, and writes bundles beside them. Prints a table in Markdown.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HEADINGS = ("packages", "run", "seconds", "processor", "peak MiB", "bundles MiB", "KiB a package")


def run(command: list, directory: pathlib.Path) -> tuple:
    """Seconds, seconds of processor time, and the most memory in MiB."""
    started = time.monotonic()
    with open(directory / "report", "wb") as report:
        process = subprocess.Popen(command, stdout=report, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        sys.exit(f"{command} ended with {code}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def size_of(directory: pathlib.Path) -> int:
    return sum(path.stat().st_size for path in directory.glob("*.bundle"))


def main() -> None:
    program, packages = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    # By versions, as they were made.
    paths = sorted(packages.rglob("*.zip"), key=lambda path: (int(path.stem.rsplit("-1.", 1)[1].split(".")[0]), path))
    print("| " + " | ".join(HEADINGS) + " |\n|" + "---|" * len(HEADINGS), flush=True)
    for count in map(int, sys.argv[3:]):
        with tempfile.TemporaryDirectory(dir=packages.parent) as name:
            directory = pathlib.Path(name)
            chosen = paths[:count]
            (directory / "list").write_text("".join(f"{path}\n" for path in chosen))
            groups = "".join(f"{path.parent.name},{path}\n" for path in chosen)
            (directory / "map.csv").write_text("deployment,path\n" + groups)
            bundles, listed = str(directory / "bundles"), ["--files-from", str(directory / "list")]
            judge = [program, "check", "--no-config", "--format", "json"]
            from_bundles = [*judge, "--from", bundles]
            for what, command in [
                ("collect", [program, "collect", *listed, "-o", bundles]),
                ("collect again", [program, "collect", *listed, "-o", bundles]),
                ("check --from", from_bundles),
                ("check --from --deployments", [*from_bundles, "--deployments", str(directory / "map.csv")]),
                ("check of the packages", [*judge, *listed]),
            ]:
                seconds, processor, memory = run(command, directory)
                size = size_of(directory / "bundles") / (1 << 20)
                cells = (count, what, f"{seconds:.1f}", f"{processor:.1f}", f"{memory:.0f}", f"{size:.1f}", f"{memory * 1024 / count:.1f}")
                print("| " + " | ".join(map(str, cells)) + " |", flush=True)
            shutil.rmtree(bundles)


if __name__ == "__main__":
    main()
