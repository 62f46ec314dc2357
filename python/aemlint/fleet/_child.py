"""One child process of the program, with a limit of time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import List, Optional

#: Characters of the child's own messages that are kept.
MAX_MESSAGE_CHARACTERS = 2000


@dataclass(frozen=True)
class Ended:
    """How a child ended."""

    #: None if it was ended, by a signal or by the limit of time.
    exit_code: Optional[int]
    #: What it wrote until then.
    output: str
    #: Why it did not come to an end of its own, or what it says of a mistake; None if there is nothing to say.
    error: Optional[str]
    milliseconds: int


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends a child and whatever it started."""
    if sys.platform == "win32":
        process.kill()
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()


def _name_of_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def run_child(command: List[str], timeout: Optional[float], directory: str) -> Ended:
    """Runs a command in a directory to its end, or for ``timeout`` seconds.

    Its output goes through files, so that neither side waits for the other.
    """
    started = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        error = None
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=directory,
                start_new_session=sys.platform != "win32",
            )
        except OSError as failure:
            error = f"the program cannot be started: {failure.strerror or failure}"
            return Ended(None, "", error, int((time.monotonic() - started) * 1000))
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            error = f"it took longer than {timeout:g} s and was ended"
        finally:
            # Also when this process is interrupted.
            if process.poll() is None:
                _end(process)
        code: Optional[int] = process.returncode
        milliseconds = int((time.monotonic() - started) * 1000)
        if error is None and code is not None and code < 0:
            error = f"it was ended by {_name_of_signal(-code)}"
        out.seek(0)
        output = out.read().decode("utf-8", "replace")
        if error is not None:
            return Ended(None, output, error, milliseconds)
        err.seek(0)
        message = err.read(4 * MAX_MESSAGE_CHARACTERS).decode("utf-8", "replace")[:MAX_MESSAGE_CHARACTERS].strip()
        return Ended(code, output, message or None, milliseconds)
