"""Runs the program: ``python -m aemlint ARGUMENT…``."""

import os
import subprocess
import sys

from aemlint._program import find_program


def main() -> int:
    command = [find_program(), *sys.argv[1:]]
    if sys.platform == "win32":
        return subprocess.run(command).returncode
    os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main())
